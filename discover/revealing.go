package discover

import (
	"strings"
	"unicode"
)

// revealing are values that tell of a special category of GDPR art. 9 whatever the
// column is called, in English and Danish, in lower case.
var revealing = map[string][]string{
	"religion": {
		"christian", "muslim", "jewish", "jew", "hindu", "buddhist", "sikh", "catholic", "protestant", "lutheran", "orthodox", "atheist",
		"kristen", "jøde", "jødisk", "katolik", "katolsk", "folkekirken", "islam", "christianity", "judaism", "hinduism", "buddhism", "kristendom", "jødedom",
	},
	"political opinion": {
		"conservative", "labour", "liberal", "democrat", "republican", "socialist", "green party",
		"socialdemokratiet", "venstre", "moderaterne", "danmarksdemokraterne", "sf", "liberal alliance", "konservative", "enhedslisten", "dansk folkeparti", "radikale venstre", "alternativet",
	},
	"sexual orientation": {
		"heterosexual", "homosexual", "bisexual", "asexual", "gay", "lesbian", "straight", "heteroseksuel", "homoseksuel", "biseksuel", "aseksuel", "lesbisk", "bøsse",
	},
	"health": {
		"diabetes", "cancer", "depression", "asthma", "epilepsy", "hiv", "adhd", "schizophrenia", "dementia",
		"sukkersyge", "kræft", "astma", "epilepsi", "skizofreni", "demens", "kol",
	},
	"ethnic origin": {
		"caucasian", "african american", "hispanic", "latino", "romani", "inuit", "sami", "kurdish", "kurdisk", "etnisk dansk",
	},
	"trade union membership": {
		"3f", "hk", "foa", "dansk metal", "krifa", "djøf", "danmarks lærerforening", "dansk sygeplejeråd", "bupl", "prosa",
	},
}

// enoughRevealing is how many values must tell of the same category: one alone, such as
// an area called Venstre, may mean anything.
const enoughRevealing = 2

// revealed returns the special category that the values of a column tell of, "" if none.
func revealed(levels []string) string {
	has := make(map[string]bool, len(levels))
	for _, l := range levels {
		words := strings.FieldsFunc(strings.ToLower(l), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		has[strings.Join(words, " ")] = true
	}
	best, most := "", enoughRevealing-1
	for category, values := range revealing {
		n := 0
		for _, v := range values {
			if has[v] {
				n++
			}
		}
		if n > most || n == most && n >= enoughRevealing && category < best {
			best, most = category, n
		}
	}
	return best
}
