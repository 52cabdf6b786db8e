package discover

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distmv"

	"github.com/kreds/kreds/stats/rfm"
)

// similarityBins is how many equal bins of similarity, from 0 to 1, there are.
const similarityBins = 20

// Cell is one cell of the grid of recency by frequency: who has the two scores, what they
// are worth in the mean, and the segment that most of them are in, −1 for none.
type Cell struct {
	Recency, Frequency int
	Members            int64
	Monetary           float64
	Segment            int
}

// spread is the least, the lower quartile, the median, the upper quartile and the greatest
// of some values; nil of none.
func spread(values []float64) []float64 {
	sorted := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return v != finite(v) })
	if len(sorted) == 0 {
		return nil
	}
	quarters := rfm.Quantiles(sorted, 4)
	return []float64{sorted[0], quarters[0], quarters[1], quarters[2], sorted[len(sorted)-1]}
}

// flows counts, by segment of an earlier solution and then of a later one, who is in both.
func flows(earlier, later *Solution) [][]int64 {
	out := make([][]int64, earlier.K)
	for i := range out {
		out[i] = make([]int64, later.K)
	}
	for i, from := range earlier.Labels {
		if to := later.Labels[i]; from >= 0 && to >= 0 {
			out[from][to]++
		}
	}
	return out
}

// similar fills in how similar everybody, or a sample, is to each segment: the histograms
// of a gorge plot, which has a gorge between members and others where segments are well
// apart (Dolnicar, Grün and Leisch 2018, section 7.5.1).
func (s *Solution) similar(t *table, seed uint64) error {
	rows := pick(len(t.profiles), stabilityRows, seed)
	counts := make([][similarityBins]float64, s.K)
	if err := s.Model.similarities(t, rows, func(share []float64) {
		for i, v := range share {
			counts[i][min(int(v*similarityBins), similarityBins-1)]++
		}
	}); err != nil {
		return err
	}
	for i := range s.Segments {
		out := make([]float64, similarityBins)
		for b, n := range counts[i] {
			out[b] = rounded(n / float64(len(rows)))
		}
		s.Segments[i].Similarity = out
	}
	return nil
}

// similarities tells each of some rows' similarity to the segments, which add up to 1: the
// probabilities of a model that has some, else exp(−d) of the distances to the centres.
func (m *Model) similarities(t *table, rows []int, tell func(share []float64)) error {
	logs := func(row int, out []float64) {
		for s, c := range m.Centers {
			var d float64
			for j, v := range t.x.Row(row) {
				d += (v - c[j]) * (v - c[j])
			}
			out[s] = -math.Sqrt(d)
		}
	}
	switch m.Method {
	case LCA:
		logs = func(row int, out []float64) {
			for s := range out {
				out[s] = m.classLog(t, row, s)
			}
		}
	case Mixture:
		components, err := m.normals(t.x.Cols)
		if err != nil {
			return err
		}
		logs = func(row int, out []float64) { m.normalLogs(components, t.x.Row(row), out) }
	}
	share := make([]float64, len(m.Centers))
	for _, row := range rows {
		logs(row, share)
		top, sum := slices.Max(share), 0.0
		for s, l := range share {
			share[s] = math.Exp(l - top)
			sum += share[s]
		}
		for s := range share {
			share[s] /= sum
		}
		tell(share)
	}
	return nil
}

// normalLogs are the logarithms of the components' shares times densities at a row.
func (m *Model) normalLogs(components []*distmv.Normal, row, out []float64) {
	for s, n := range components {
		out[s] = math.Log(max(m.Shares[s], 1e-300)) + n.LogProb(row)
	}
}

// grid fills in how the segments of recency, frequency and monetary value lie in the grid
// of the first two.
func (s *Solution) grid(t *table, scores []rfm.Score, bins int) {
	s.Grid = make([]Cell, bins*bins)
	in := make([][]int64, len(s.Grid))
	for i := range s.Grid {
		s.Grid[i] = Cell{Recency: i/bins + 1, Frequency: i%bins + 1, Segment: -1}
		in[i] = make([]int64, s.K)
	}
	for i, score := range scores {
		at := (score.Recency-1)*bins + score.Frequency - 1
		s.Grid[at].Members++
		s.Grid[at].Monetary += t.columns[2].value[i]
		if l := s.Labels[i]; l >= 0 {
			in[at][l]++
		}
	}
	for i := range s.Grid {
		c := &s.Grid[i]
		if c.Members == 0 {
			continue
		}
		c.Monetary /= float64(c.Members)
		most := int64(0)
		for l, n := range in[i] {
			if n > most {
				most, c.Segment = n, l
			}
		}
	}
}

// grids draws the grid of all solutions of recency, frequency and monetary value.
func (out *Discovery) grids(t *table) error {
	if out.Method != RFM && (out.Preset != "rfm" || len(t.columns) != 3 || t.columns[0].Kind != Days) {
		return nil
	}
	o := rfm.Options{}
	result, err := rfm.Compute(t.customers(), o)
	if err != nil {
		return err
	}
	out.Cuts = [][]float64{result.Recency, result.Frequency}
	for _, s := range out.Solutions {
		s.grid(t, result.Scores, len(result.Recency)+1)
	}
	return nil
}
