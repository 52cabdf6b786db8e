package mixture

import (
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
)

// labels reads a column of labels, from 1 in the file and from 0 here.
func labels(t testing.TB, file, column string) []int32 {
	t.Helper()
	f, err := os.Open("../testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], column)
	if at < 0 {
		t.Fatalf("%s has no column %s", file, column)
	}
	var out []int32
	for _, r := range rows[1:] {
		v, err := strconv.Atoi(r[at])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, int32(v-1))
	}
	return out
}

// flexmix is where R's flexmix stops: when a step changes the log-likelihood by less
// than a millionth.
func flexmix(logLikelihood float64) float64 { return 1e-6 * (math.Abs(logLikelihood) + .1) }

// TestBookMixtures: what the script of Dolnicar, Grün and Leisch 2018 prints for the
// McDonald's survey (R 3.4's generator, seed 1234, flexmix): from the random classes
// of its best run the same number of iterations leads to the same figures, as printed.
func TestBookMixtures(t *testing.T) {
	a := answers(t, "mcdonalds.csv", 11)
	for _, c := range []struct {
		k, iterations     int
		ll, aic, bic, icl float64
	}{
		{2, 32, -7610.848, 15267.70, 15389.17, 15522.10},
		{3, 43, -7311.534, 14693.07, 14877.92, 15077.96},
		{4, 33, -7111.146, 14316.29, 14564.52, 14835.95},
		{5, 61, -7011.204, 14140.41, 14452.01, 14806.54},
		{6, 49, -6956.110, 14054.22, 14429.20, 14810.65},
		{7, 97, -6900.188, 13966.38, 14404.73, 14800.16},
		{8, 156, -6872.641, 13935.28, 14437.01, 14908.52},
	} {
		m, err := Latent(t.Context(), a, Options{
			Classes: c.k, Labels: labels(t, "flexmix_starts.csv", "binary_k"+strconv.Itoa(c.k)), Tol: flexmix(c.ll),
		})
		if err != nil {
			t.Fatal(err)
		}
		name := strconv.Itoa(c.k) + " classes, "
		near(t, name+"iterations", float64(m.Iterations), float64(c.iterations), 0)
		near(t, name+"log-likelihood", m.LogLikelihood, c.ll, .0006)
		near(t, name+"AIC", m.AIC(), c.aic, .006)
		near(t, name+"BIC", m.BIC(), c.bic, .006)
		near(t, name+"ICL", m.ICL(), c.icl, .006)
		if c.k != 4 {
			continue
		}
		// The book's classes are here in the order 2, 4, 3, 1 of size. flexmix computes
		// shares once more after the last step.
		for i, want := range []float64{.3823, .2657, .2100, .1420} {
			near(t, "share", m.Posterior.Means(nil)[i], want, 5e-5)
		}
		crossed(t, labels(t, "reference_partitions.csv", "book_k4"), m.Labels(), []int32{3, 0, 2, 1},
			[4][4]int{{1, 191, 254, 24}, {200, 0, 25, 32}, {0, 17, 0, 307}, {0, 384, 2, 16}})
	}
}

// crossed holds a table of two partitions to one whose columns are in the order of.
func crossed(t *testing.T, rows, columns, of []int32, want [4][4]int) {
	t.Helper()
	var got [4][4]int
	for i, r := range rows {
		got[r][slices.Index(of, columns[i])]++
	}
	if got != want {
		t.Errorf("crossed: %v, want %v", got, want)
	}
}

// TestBookMixtureFromSegments: the book's mixture that begins from its four segments of
// k-means (R's flexmix).
func TestBookMixtureFromSegments(t *testing.T) {
	book := labels(t, "reference_partitions.csv", "book_k4")
	m, err := Latent(t.Context(), answers(t, "mcdonalds.csv", 11), Options{Classes: 4, Labels: book, Tol: flexmix(-7111.152)})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood", m.LogLikelihood, -7111.152, .0006)
	near(t, "parameters", float64(m.Parameters), 47, 0)
	near(t, "iterations", float64(m.Iterations), 34, 0)
	crossed(t, book, m.Labels(), []int32{2, 3, 1, 0}, [4][4]int{{278, 1, 24, 167}, {26, 200, 31, 0}, {0, 0, 307, 17}, {2, 0, 16, 384}})
}
