package infer

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// Reference values marked R were computed with R 4.2 or SciPy 1.17.

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v ± %v", what, got, want, tolerance)
	}
}

func interval(t *testing.T, what string, got Interval, low, high, tolerance float64) {
	t.Helper()
	near(t, what+", low end", got.Low, low, tolerance)
	near(t, what+", high end", got.High, high, tolerance)
}

// read returns a file's rows by column name.
func read(t *testing.T, file string) []map[string]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	if file[len(file)-3:] == ".gz" {
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		r = csv.NewReader(z)
	}
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for j, v := range row {
			m[rows[0][j]] = v
		}
		out = append(out, m)
	}
	return out
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Newcombe (1998), Statistics in Medicine 17, 857–872: table I, methods 3 (score) and
// 5 (Clopper and Pearson).
func TestShares(t *testing.T) {
	cases := []struct {
		c             Count
		wilson, exact Interval
	}{
		{Count{81, 263}, Interval{.2553, .3662}, Interval{.2527, .3676}},
		{Count{15, 148}, Interval{.0624, .1605}, Interval{.0578, .1617}},
		{Count{0, 20}, Interval{0, .1611}, Interval{0, .1684}},
		{Count{1, 29}, Interval{.0061, .1718}, Interval{.0009, .1776}},
	}
	for _, c := range cases {
		w, err := Wilson(c.c, .95)
		if err != nil {
			t.Fatal(err)
		}
		interval(t, "Wilson", w, c.wilson.Low, c.wilson.High, .00005)
		e, err := Exact(c.c, .95)
		if err != nil {
			t.Fatal(err)
		}
		interval(t, "Clopper–Pearson", e, c.exact.Low, c.exact.High, .00005)
	}
}

// Newcombe (1998), Statistics in Medicine 17, 873–890: table II, method 10.
func TestNewcombe(t *testing.T) {
	cases := []struct {
		a, b      Count
		low, high float64
	}{
		{Count{56, 70}, Count{48, 80}, .0524, .3339},
		{Count{9, 10}, Count{3, 10}, .1705, .8090},
		{Count{5, 56}, Count{0, 29}, -.0381, .1926},
		{Count{0, 10}, Count{0, 20}, -.1611, .2775},
		{Count{10, 10}, Count{0, 10}, .6075, 1},
	}
	for _, c := range cases {
		p, err := CompareProportions(c.a, c.b, .95)
		if err != nil {
			t.Fatal(err)
		}
		interval(t, "Newcombe", p.Interval, c.low, c.high, .00005)
	}
}

// The counts of Hillstrom's trial of two e-mails (MineThatData 2008) as published.
func TestHillstromShares(t *testing.T) {
	none := map[string]Count{"visit": {2262, 21306}, "conversion": {122, 21306}}
	cases := []struct {
		what          string
		c             Count
		difference, z float64 // R
		low, high     float64 // R, Wald
	}{
		{"visit", Count{3894, 21307}, .07658956, 22.486, .06995, .08323},
		{"conversion", Count{267, 21307}, .00680501, 7.385, .00500, .00861},
		{"visit", Count{3238, 21387}, .04523311, 13.949, .03889, .05157},
		{"conversion", Count{189, 21387}, .00311106, 3.780, 0, 0},
	}
	for _, c := range cases {
		p, err := CompareProportions(c.c, none[c.what], .95)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.what, p.Difference, c.difference, 5e-9)
		near(t, c.what+" z", p.Z, c.z, .0005)
		if c.low > 0 {
			interval(t, c.what, p.Wald, c.low, c.high, .000005)
			interval(t, c.what+" Newcombe", p.Interval, c.low, c.high, .00005)
		}
	}
	p, _ := CompareProportions(Count{3894, 21307}, none["visit"], .95)
	near(t, "lift of visits", p.Lift, 1.721, .0005)
	p, _ = CompareProportions(Count{189, 21387}, none["conversion"], .95)
	near(t, "p", p.P, .000157, 5e-7)
}

// Mean and variance of spend in Hillstrom's trial; t, df and interval by R.
func TestHillstromSpend(t *testing.T) {
	none := Sample{21306, .6527893551112361, 134.28637185302165}
	mens := Sample{21307, 1.422616511005773, 315.21179886555484}
	womens := Sample{21387, 1.0772015710478329, 228.4966748346595}
	m, err := Welch(mens, none, .95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", m.Difference, .7698272, 5e-8)
	near(t, "t", m.T, 5.300140358411669, 1e-10)
	near(t, "df", m.DF, 36671.15797736051, 1e-6)
	near(t, "p", m.P, 1.163814968225482e-07, 1e-15)
	interval(t, "spend", m.Interval, .4851397325684076, 1.0545145792206658, 1e-9)
	m, err = Welch(womens, none, .95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", m.Difference, .4244122, 5e-8)
	near(t, "t", m.T, 3.256371576025392, 1e-10)
	near(t, "p", m.P, .0011293971023632495, 1e-12)
}

// The same from the trial's rows, which may not be bundled.
func TestHillstromRows(t *testing.T) {
	file := filepath.Join(os.Getenv("KREDS_REFERENCE_DATA"), "hillstrom", "hillstrom.csv.gz")
	if _, err := os.Stat(file); err != nil {
		t.Skip("needs hillstrom/hillstrom.csv.gz in $KREDS_REFERENCE_DATA")
	}
	spend := map[string][]float64{}
	visits, converted := map[string]*Count{}, map[string]*Count{}
	for _, row := range read(t, file) {
		arm := row["segment"]
		spend[arm] = append(spend[arm], number(t, row["spend"]))
		key := arm + row["womens"]
		if visits[key] == nil {
			visits[key] = &Count{}
		}
		if converted[arm] == nil {
			converted[arm] = &Count{}
		}
		converted[arm].N++
		converted[arm].Hits += int(number(t, row["conversion"]))
		visits[key].N++
		visits[key].Hits += int(number(t, row["visit"]))
	}
	// The shares and means of the arms as published, by R.
	for arm, want := range map[string]struct {
		n                        int
		visit, conversion, spend float64
	}{
		"Mens E-Mail":   {21307, .18275684, .01253109, 1.42261651},
		"Womens E-Mail": {21387, .15140038, .00883714, 1.07720157},
		"No E-Mail":     {21306, .10616728, .00572609, .65278936},
	} {
		s, err := Summarise(spend[arm])
		if err != nil {
			t.Fatal(err)
		}
		visited := Count{visits[arm+"0"].Hits + visits[arm+"1"].Hits, visits[arm+"0"].N + visits[arm+"1"].N}
		if s.N != want.n || visited.N != want.n {
			t.Errorf("%s: %d customers", arm, s.N)
		}
		near(t, arm+" visit", visited.Share(), want.visit, 5e-9)
		near(t, arm+" conversion", converted[arm].Share(), want.conversion, 5e-9)
		near(t, arm+" spend", s.Mean, want.spend, 5e-9)
	}
	mens, none := spend["Mens E-Mail"], spend["No E-Mail"]
	a, err := Summarise(mens)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Summarise(none)
	m, err := Welch(a, b, .95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "df", m.DF, 36671.16, .005)
	near(t, "t", m.T, 5.300, .0005)
	interval(t, "spend", m.Interval, .48514, 1.05452, .00001)
	e, err := Bootstrap{Seed: 1}.Difference(t.Context(), mens, none)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "bootstrap error", e.Error, .14525, .01)
	interval(t, "bootstrap", e.Interval, .48514, 1.05452, .04)
	for _, c := range []struct {
		arm, womens string
		want        float64 // R
	}{
		{"Mens E-Mail", "0", .06916},
		{"Womens E-Mail", "0", .01108},
		{"Mens E-Mail", "1", .08256},
		{"Womens E-Mail", "1", .07311},
	} {
		p, err := CompareProportions(*visits[c.arm+c.womens], *visits["No E-Mail"+c.womens], .95)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.arm+" womens="+c.womens, p.Difference, c.want, .000005)
	}
}

// The survey of McDonald's (Dolnicar, Grün and Leisch 2018), its four segments by
// k-means and by the best one known; R.
func TestMcDonalds(t *testing.T) {
	people, parts := read(t, "../testdata/mcdonalds.csv"), read(t, "../testdata/reference_partitions.csv")
	crossed := func(partition, column string) [][]float64 {
		table := make([][]float64, 4)
		codes := map[string]int{}
		for i, p := range people {
			v := p[column]
			if _, ok := codes[v]; !ok {
				codes[v] = len(codes)
				for s := range table {
					table[s] = append(table[s], 0)
				}
			}
			table[int(number(t, parts[i][partition]))-1][codes[v]]++
		}
		return table
	}
	for _, c := range []struct {
		partition, column string
		x, tolerance, df  float64
		p                 float64
	}{
		{"book_k4", "Gender", 29.845, .0005, 3, 1.488e-06},
		{"best_k4", "Gender", 30.762, .0005, 3, 9.538e-07},
		{"best_k4", "Like", 813.61, .005, 30, 0},
	} {
		a, err := ChiSquare(crossed(c.partition, c.column))
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.column+" chi-square", a.ChiSquare, c.x, c.tolerance)
		near(t, "df", a.DF, c.df, 0)
		near(t, "p", a.P, c.p, 5e-10)
		near(t, "V", a.V, math.Sqrt(c.x/1453/min(3, c.df/3)), 1e-4)
	}
	ages := make([][]float64, 4)
	for i, p := range people {
		s := int(number(t, parts[i]["best_k4"])) - 1
		ages[s] = append(ages[s], number(t, p["Age"]))
	}
	var groups []Sample
	for _, a := range ages {
		s, err := Summarise(a)
		if err != nil {
			t.Fatal(err)
		}
		groups = append(groups, s)
	}
	v, err := ANOVA(groups)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "F", v.F, 29.81, .005)
	near(t, "df1", v.DF1, 3, 0)
	near(t, "df2", v.DF2, 1449, 0)
	near(t, "p", v.P, 1.06e-18, .02e-18)
	near(t, "eta²", v.Eta2, 3*v.F/(3*v.F+1449), 1e-12)
}

// P values and quantiles, also far out; SciPy.
func TestTails(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"t", TP(5.3, 36671.16), 1.1647093370666509e-07},
		{"t far out", TP(40, 10), 2.2808577430857535e-12},
		{"normal", NormalP(22.486), 5.69039738619111e-112},
		{"F", FP(29.81, 3, 1449), 1.061439034758047e-18},
		{"chi-square", ChiSquareP(29.845, 3), 1.4876425158963094e-06},
		{"t quantile", tQuantile(.975, 7.3), 2.345066736547703},
		{"t quantile", tQuantile(.9995, 3), 12.923978636687961},
		{"t quantile below", tQuantile(.025, 7.3), -2.345066736547703},
		{"of nothing", ChiSquareP(3, 0), 1},
		{"of NaN", TP(math.NaN(), 4), 1},
	} {
		near(t, c.what, c.got, c.want, 1e-9*math.Abs(c.want))
	}
}

func TestCorrections(t *testing.T) {
	p := []float64{.01, .02, .03, .04, .05, .6, .04}
	// R: p.adjust(p, "BH") and p.adjust(p, "holm").
	bh := []float64{.056, .056, .056, .056, .35 / 6, .6, .056}
	holm := []float64{.07, .12, .15, .16, .16, .6, .16}
	gotBH, gotHolm := BenjaminiHochberg(p), Holm(p)
	for i := range p {
		near(t, "Benjamini–Hochberg", gotBH[i], bh[i], 1e-12)
		near(t, "Holm", gotHolm[i], holm[i], 1e-12)
	}
	if len(Holm(nil)) != 0 || len(BenjaminiHochberg(nil)) != 0 {
		t.Error("p values of nothing")
	}
	if got := Holm([]float64{math.NaN(), .01}); got[0] != 1 || got[1] != .02 {
		t.Errorf("NaN among p values: %v", got)
	}
}

// Groups that do not vary have figures as documented.
func TestConstants(t *testing.T) {
	same, other := Sample{10, 3, 0}, Sample{20, 4, 0}
	m, err := Welch(same, same, .95)
	if err != nil || m.T != 0 || m.P != 1 || m.D != 0 {
		t.Errorf("equal constants: %+v, %v", m, err)
	}
	m, err = Welch(same, other, .95)
	if err != nil || m.T != -mostT || m.P > 1e-100 || m.D != -mostT || m.DF != 28 || m.Interval != (Interval{-1, -1}) {
		t.Errorf("different constants: %+v, %v", m, err)
	}
	v, err := ANOVA([]Sample{same, other, {}})
	if err != nil || v.F != mostT || v.P > 1e-100 || v.Eta2 != 1 {
		t.Errorf("variance of constants: %+v, %v", v, err)
	}
	v, err = ANOVA([]Sample{same, same})
	if err != nil || v.F != 0 || v.P != 1 || v.Eta2 != 0 {
		t.Errorf("variance of nothing: %+v, %v", v, err)
	}
	p, err := CompareProportions(Count{10, 10}, Count{20, 20}, .95)
	if err != nil || p.Z != 0 || p.P != 1 {
		t.Errorf("shares of 1: %+v, %v", p, err)
	}
	a, err := ChiSquare([][]float64{{3, 0}, {4, 0}})
	if err != nil || a.P != 1 || a.ChiSquare != 0 || a.V != 0 {
		t.Errorf("a table of one column: %+v, %v", a, err)
	}
	if CohenD(Sample{1, 3, 0}, Sample{1, 4, 0}) != 0 {
		t.Error("two single values have an effect")
	}
	near(t, "h of 0 and 1", CohenH(1, 0), math.Pi, 1e-12)
}

func TestRefuses(t *testing.T) {
	ok := Sample{5, 1, 1}
	refused := map[string]error{}
	try := func(name string, err error) { refused[name] = err }
	_, err := Wilson(Count{3, 2}, .95)
	try("more hits than rows", err)
	_, err = Exact(Count{0, 0}, .95)
	try("no rows", err)
	_, err = Wilson(Count{1, 2}, 95)
	try("a level of 95", err)
	_, err = CompareProportions(Count{1, 2}, Count{-1, 2}, .95)
	try("negative hits", err)
	_, err = Welch(Sample{1, 1, 0}, ok, .95)
	try("one value", err)
	_, err = Welch(ok, Sample{5, math.NaN(), 0}, .95)
	try("a mean of NaN", err)
	_, err = MeanInterval(ok, math.NaN())
	try("a level of NaN", err)
	_, err = ANOVA([]Sample{ok})
	try("one group", err)
	_, err = ANOVA([]Sample{{1, 2, 0}, {1, 3, 0}})
	try("as many values as groups", err)
	_, err = ChiSquare(nil)
	try("no table", err)
	_, err = ChiSquare([][]float64{{1, 2}, {3}})
	try("a ragged table", err)
	_, err = ChiSquare([][]float64{{1, -2}})
	try("a negative count", err)
	_, err = Summarise(nil)
	try("no values", err)
	_, err = Summarise([]float64{1, math.Inf(1)})
	try("an infinite value", err)
	for name, err := range refused {
		if err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
}

// The ends of an exact interval leave 2.5 % of the binomial beyond them; SciPy's
// binomtest for the large ones.
func TestExactOfMany(t *testing.T) {
	for _, c := range []struct {
		c         Count
		low, high float64
	}{
		{Count{500_000, 1_000_000}, .499019519195, .500980480805},
		{Count{3, 1_000_000}, 6.18672599919e-07, 8.76724780591e-06},
		{Count{999_990, 1_000_000}, .999981609721, .999995204602},
	} {
		e, err := Exact(c.c, .95)
		if err != nil {
			t.Fatal(err)
		}
		interval(t, "exact", e, c.low, c.high, 1e-9)
	}
}
