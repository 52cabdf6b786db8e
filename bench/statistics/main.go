// Command statistics measures the statistical packages: k-means beside scikit-learn on
// the same rows from the same start, the stability study of a survey, and how time
// grows with the rows.
//
//	go run ./bench/statistics                   kreds alone
//	go run ./bench/statistics -python python3   beside scikit-learn
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/cluster"
	"github.com/kreds/kreds/stats/stability"
)

const (
	columns = 10
	groups  = 6
)

func main() {
	data := flag.String("data", filepath.Join("bench-data", "statistics"), "`DIR` for the rows that scikit-learn reads")
	python := flag.String("python", "", "`PROGRAM` that has scikit-learn; none leaves the comparison out")
	script := flag.String("script", filepath.Join("bench", "statistics", "kmeans.py"), "`FILE` of the comparison")
	survey := flag.String("survey", filepath.Join("stats", "testdata", "mcdonalds.csv"), "`FILE` of the survey of McDonald's")
	rows := flag.Int("rows", 1_000_000, "rows of k-means")
	runs := flag.Int("runs", 7, "runs, of which the median counts")
	flag.Parse()
	b := &bench{out: os.Stdout, data: *data, python: *python, script: *script, rows: *rows, runs: *runs}
	for _, part := range []func(context.Context) error{
		b.kmeans,
		func(ctx context.Context) error { return b.study(ctx, *survey) },
		b.growth,
	} {
		if err := part(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "statistics:", err)
			os.Exit(1)
		}
	}
}

type bench struct {
	out                  io.Writer
	data, python, script string
	rows, runs           int
}

// median runs several times and returns the median of the seconds.
func (b *bench) median(run func() error) (float64, error) {
	var seconds []float64
	for i := range b.runs + 1 {
		before := time.Now()
		if err := run(); err != nil {
			return 0, err
		}
		if i > 0 { // the first run touches memory for the first time
			seconds = append(seconds, time.Since(before).Seconds())
		}
	}
	slices.Sort(seconds)
	return seconds[len(seconds)/2], nil
}

// around makes rows around centres, and a start of k-means++ for them.
func around(rows int, spread float64) (x, start *stats.Matrix) {
	rng := rand.New(rand.NewPCG(11, uint64(rows)))
	centers := stats.NewMatrix(groups, columns)
	for i := range centers.Data {
		centers.Data[i] = rng.Float64() * 10
	}
	x = stats.NewMatrix(rows, columns)
	for i := range rows {
		c := centers.Row(rng.IntN(groups))
		for j := range columns {
			x.Row(i)[j] = c[j] + spread*rng.NormFloat64()
		}
	}
	// k-means++: each next row in proportion to its squared distance from the nearest.
	start = stats.NewMatrix(groups, columns)
	near := make([]float64, rows)
	for i := range near {
		near[i] = math.Inf(1)
	}
	row := rng.IntN(rows)
	for c := range groups {
		copy(start.Row(c), x.Row(row))
		var sum float64
		for i := range near {
			var d float64
			for j, v := range x.Row(i) {
				d += (v - start.Row(c)[j]) * (v - start.Row(c)[j])
			}
			near[i] = min(near[i], d)
			sum += near[i]
		}
		at := rng.Float64() * sum
		for row = 0; row < rows-1 && at >= near[row]; row++ {
			at -= near[row]
		}
	}
	return x, start
}

func (b *bench) kmeans(ctx context.Context) error {
	fmt.Fprintf(b.out, "k-means of %d × %d into %d\n", b.rows, columns, groups)
	if err := os.MkdirAll(b.data, 0o755); err != nil {
		return err
	}
	sets := []struct {
		name   string
		spread float64
	}{{"separated", 1}, {"overlapping", 6}}
	seconds, within := map[string]float64{}, map[string]float64{}
	for _, s := range sets {
		x, start := around(b.rows, s.spread)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := cluster.KMeans(ctx, x, cluster.Options{K: groups, Centers: start, Tol: 1e-4})
		if err != nil {
			return err
		}
		runtime.ReadMemStats(&after)
		memory := 1 + float64(after.TotalAlloc-before.TotalAlloc)/float64(8*len(x.Data))
		within[s.name] = r.WithinSS
		seconds[s.name], err = b.median(func() error {
			_, err := cluster.KMeans(ctx, x, cluster.Options{K: groups, Centers: start, Tol: 1e-4})
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(b.out, "  kreds         %-12s %.3f s, %d iterations, within SS %.6g, memory %.2f × the matrix\n", s.name, seconds[s.name], r.Iterations, r.WithinSS, memory)
		for suffix, m := range map[string]*stats.Matrix{"rows": x, "start": start} {
			if b.python == "" {
				continue
			}
			var text bytes.Buffer
			if err := binary.Write(&text, binary.LittleEndian, m.Data); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(b.data, s.name+"."+suffix), text.Bytes(), 0o644); err != nil {
				return err
			}
		}
	}
	if b.python == "" {
		return nil
	}
	run := exec.CommandContext(ctx, b.python, b.script, b.data, strconv.Itoa(columns), strconv.Itoa(groups), strconv.Itoa(b.runs), sets[0].name, sets[1].name)
	run.Stderr = os.Stderr
	text, err := run.Output()
	if err != nil {
		return fmt.Errorf("running %s: %w", b.script, err)
	}
	for line := range strings.Lines(string(text)) {
		var name string
		var took, inertia float64
		var iterations int
		if _, err := fmt.Sscan(line, &name, &took, &iterations, &inertia); err != nil {
			return fmt.Errorf("reading %q: %w", line, err)
		}
		fmt.Fprintf(b.out, "  scikit-learn  %-12s %.3f s, %d iterations, within SS %.6g: kreds is %.1f × as fast, its within SS differs by %+.4f %%\n",
			name, took, iterations, inertia, took/seconds[name], 100*(within[name]/inertia-1))
	}
	return nil
}

// study is bootFlexclust(x, 2:8, nrep = 10, nboot = 100) of R flexclust.
func (b *bench) study(ctx context.Context, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	answers, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	x := stats.NewMatrix(len(answers)-1, 11)
	for i, row := range answers[1:] {
		for j := range x.Cols {
			if row[j] == "Yes" {
				x.Row(i)[j] = 1
			}
		}
	}
	var studies []stability.Study
	seconds, err := b.median(func() error {
		distinct, count, _ := x.Distinct()
		studies, err = stability.Bootstrap(ctx, distinct, count, []int{2, 3, 4, 5, 6, 7, 8}, nil,
			stability.Options{Pairs: 100, Starts: 10, Seed: 1, Init: cluster.RandomRows, Choose: cluster.FewestDistances})
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "stability of the survey of McDonald's, %d × 11, k 2 to 8, 100 pairs, 10 starts\n  kreds         %.3f s, mean adjusted Rand index", x.Rows, seconds)
	for _, s := range studies {
		fmt.Fprintf(b.out, " %.3f", stability.Mean(s.Global))
	}
	fmt.Fprintln(b.out)
	return nil
}

// growth measures ten iterations of ten times the rows.
func (b *bench) growth(ctx context.Context) error {
	fmt.Fprintln(b.out, "growth of k-means, one start, ten iterations")
	last := 0.0
	for rows := b.rows / 100; rows <= b.rows && rows > groups; rows *= 10 {
		x, _ := around(rows, 6)
		seconds, err := b.median(func() error {
			_, err := cluster.KMeans(ctx, x, cluster.Options{K: groups, Starts: 1, MaxIter: 10, LloydOnly: true})
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(b.out, "  %9d rows %.4f s", rows, seconds)
		if last > 0 {
			fmt.Fprintf(b.out, ", %.1f × as long", seconds/last)
		}
		fmt.Fprintln(b.out)
		last = seconds
	}
	return nil
}
