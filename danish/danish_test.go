package danish

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestComplete holds that each text that the program can say has a Danish one, with
// the same parameters, and that none is left of a text that it does not say any more.
func TestComplete(t *testing.T) {
	said, marks := said(t)
	texts := map[string]string{}
	for file, formats := range read() {
		switch file {
		case wordsFile: // they are no texts of their own
		case namesFile:
			compare(t, marks, formats)
		default:
			for english, danish := range formats {
				if was, ok := texts[english]; ok && was != danish {
					t.Errorf("%q is %q and %q", english, was, danish)
				}
				texts[english] = danish
			}
		}
	}
	compare(t, said, texts)
}

func compare(t *testing.T, said, texts map[string]string) {
	for _, english := range slices.Sorted(maps.Keys(said)) {
		danish, ok := texts[english]
		if !ok {
			t.Errorf("%s says %q, which has no Danish text", said[english], english)
			continue
		}
		a, b := verbs(english), verbs(danish)
		if slices.Compare(a, b) != 0 {
			t.Errorf("%q takes %v, in Danish %v", english, a, b)
		}
	}
	for _, english := range slices.Sorted(maps.Keys(texts)) {
		if _, ok := said[english]; !ok {
			t.Errorf("nothing says %q any more", english)
		}
	}
}

// verbs are what goes into a format, in order; a text and a name go in alike.
func verbs(format string) []string {
	out := []string{}
	for _, v := range verb.FindAllString(format, -1) {
		switch v {
		case "%w", "%v", "%c", "%m":
			v = "%s"
		case "%n":
			v = "%q"
		case "%%":
			continue
		}
		out = append(out, v)
	}
	if strings.Contains(format, "%[") {
		slices.Sort(out)
		for i, v := range out {
			out[i] = regexp.MustCompile(`\[\d+\]`).ReplaceAllString(v, "")
		}
	}
	return out
}

// TestRecognised holds that a text is recognised by its own format and by no other.
func TestRecognised(t *testing.T) {
	for file, formats := range read() {
		if file == wordsFile || file == namesFile {
			continue
		}
		say := Text
		if file == notesFile {
			say = Note
		}
		for english, danish := range formats {
			fill := func(format string) string {
				n := 0
				return strings.TrimLeft(verb.ReplaceAllStringFunc(format, func(v string) string {
					n++
					switch v[len(v)-1] {
					case '%':
						n--
						return "%"
					case 'd':
						return fmt.Sprint(n + 2)
					case 'f':
						return fmt.Sprint(n + 2)
					case 'n':
						return fmt.Sprintf("x%d", n)
					}
					return fmt.Sprintf("\"x%d\"", n)
				}), " ")
			}
			if got, want := strings.TrimLeft(say(fill(english)), " "), fill(danish); got != want {
				t.Errorf("%q\n got  %q\n want %q", fill(english), got, want)
			}
		}
	}
}

func TestText(t *testing.T) {
	for english, want := range map[string]string{
		"":                              "",
		"nobody said this":              "nobody said this",
		"2 of 3 times":                  "2 af 3 gange",
		"690.5 short":                   "690,5 for lidt",
		"12 days too many":              "12 dage for meget",
		"never":                         "aldrig",
		`unknown trait "contry" at 1:1`: `ukendt egenskab "contry" (linje 1, tegn 1)`,
		`did you mean "country"?`:       `mente du "country"?`,
		`expected an operator, found the end at 1:8`:                  `her skal stå en operator, men der står slutningen (linje 1, tegn 8)`,
		`"age" is a number and cannot be compared with a text at 1:7`: `"age" er et tal og kan ikke sammenlignes med en tekst (linje 1, tegn 7)`,
		"write for example: age >= 3":                                 "skriv fx: age >= 3",
		"numbers stand without quotes: 1000.5":                        "tal står uden anførselstegn: 1000.5",
		"At 2 of 12 dates the outcome is not known yet: the horizon of 90 days ends after the data does, on 2011-12-09.":                                                                                                                     "På 2 af 12 datoer kendes resultatet ikke endnu: horisonten på 90 dage slutter efter data, den 9. dec. 2011.",
		"Members' outcome was clearly higher than the others' at 11 of 12 dates, on average 3.42 times theirs.":                                                                                                                              "Medlemmernes resultat var klart højere end de andres på 11 af 12 datoer, i gennemsnit 3,42 gange deres.",
		"share of members who still are members after 1 month":                                                                                                                                                                               "andel af medlemmerne, der stadig er medlemmer efter 1 måned",
		"of three: an owner, a description, and a definition that takes newcomers in; it is not saved as a segment":                                                                                                                          "ud af tre: en ansvarlig, en beskrivelse og en definition, der tager nye med; det er ikke gemt som segment",
		"The 4 segments explain 12.5% of the variance of the outcome, out of sample. No simpler set does as well: the best, RFM groups, explain 9.1%.":                                                                                       "De 4 segmenter forklarer 12,5 % af variationen i resultatet, målt på andre end dem, de er beregnet af. Ingen enklere inddeling gør det lige så godt: den bedste, RFM-grupper, forklarer 9,1 %.",
		"The features are numbers. Tried on 600 profiles: k-means (4 segments, stability 0.91, separation 0.20), a mixture of normal distributions (3 segments, stability 0.82, separation 0.10). Nothing does clearly better than k-means.": "Kendetegnene er tal. Afprøvet på 600 profiler: k-means (4 segmenter, stabilitet 0,91, adskillelse 0,20), en blanding af normalfordelinger (3 segmenter, stabilitet 0,82, adskillelse 0,10). Intet gør det klart bedre end k-means.",
		`column "Dato" holds dates that could be read both ways: the day is taken to come first; else say --date-order mdy`:                                                                                                                  `kolonnen "Dato" har datoer, der kan læses på to måder: dagen antages at komme først; ellers vælg måned før dag`,
		"There is no cluster structure here: these are constructive segments. Customers lie in one continuum; segments of data without any groups are as far apart (silhouette 0.21, by chance up to 0.24). Segments can still be useful, but where they are cut is your choice; 4 is the number whose cuts come back best (stability 0.88).": "Der er ingen klyngestruktur her: segmenterne er konstruerede. Kunderne ligger i ét sammenhængende felt; segmenter i data helt uden grupper ligger lige så langt fra hinanden (silhuet 0,21, ved et tilfælde op til 0,24). Segmenter kan stadig være nyttige, men hvor de skæres, er dit valg; 4 er det antal, hvis snit kommer bedst igen (stabilitet 0,88).",
		"no feature is left to find segments in: age: all values are the same; plan: its whole numbers are nearly all different, as keys are: it identifies profiles":                                                                                                                                                                         "intet kendetegn er tilbage at finde segmenter i: age: alle værdier er ens; plan: dens hele tal er næsten alle forskellige, som nøgler er: den identificerer profiler",
		`nothing can be compared: the outcome is known of 1234 others: at least 10 are needed`: `intet kan sammenlignes: resultatet kendes for 1.234 andre: der skal være mindst 10`,
		"7 fields, where the header has 8": "7 felter, hvor overskriften har 8",
	} {
		if got := Text(english); got != want {
			t.Errorf("%q\n got  %q\n want %q", english, got, want)
		}
	}
}

func TestNote(t *testing.T) {
	for english, want := range map[string]string{
		`Segment 1 of 4 of the discovery "Buyers by RFM" (recent, very high-value).`: "Segment 1 af 4 fra segmentanalysen »Buyers by RFM« (nyligt aktive, meget høj værdi).",
		`accepted from the discovery "a \"b\""`:                                      `oprettet ud fra segmentanalysen »a "b"«`,
		"never":                                                                      "never", // somebody's own
	} {
		if got := Note(english); got != want {
			t.Errorf("%q: got %q, want %q", english, got, want)
		}
	}
}

func TestName(t *testing.T) {
	for english, want := range map[string]string{
		"recent, frequent, very high-value": "nyligt aktive, hyppige, meget høj værdi",
		"lapsed, rather rare (2)":           "længe væk, snarere sjældne (2)",
		"high income, not gold":             "høj income, ikke gold",
		"wine-heavy":                        "meget wine",
		"VIP":                               "VIP",
	} {
		if got := Name(english); got != want {
			t.Errorf("%q: got %q, want %q", english, got, want)
		}
	}
}

// FuzzText holds that no text breaks it and that what goes out is text.
func FuzzText(f *testing.F) {
	f.Add("2 of 3 times")
	f.Add(strings.Repeat("a: b. ", 50))
	f.Add("%s %d %%")
	f.Fuzz(func(t *testing.T, s string) {
		if s != "" && Text(s) == "" {
			t.Errorf("nothing is left of %q", s)
		}
		Name(s)
	})
}
