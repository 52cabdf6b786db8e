package stability

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kreds/kreds/stats"
	"github.com/kreds/kreds/stats/cluster"
)

// Resample with k-means is Bootstrap: their means agree but for the draws.
func TestResampleAgreesWithBootstrap(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	x := stats.NewMatrix(300, 2)
	labels := make([]int32, x.Rows)
	for i := range labels {
		labels[i] = int32(i % 3)
		x.Row(i)[0] = 3*float64(labels[i]) + rng.NormFloat64()
		x.Row(i)[1] = rng.NormFloat64()
	}
	find := func(ctx context.Context, draw []int, k int, seed uint64) ([]int32, error) {
		s := stats.NewMatrix(len(draw), x.Cols)
		for i, r := range draw {
			copy(s.Row(i), x.Row(r))
		}
		c, err := cluster.KMeans(ctx, s, cluster.Options{K: k, Starts: 5, Seed: seed})
		if err != nil {
			return nil, err
		}
		return cluster.Assign(x, c.Centers), nil
	}
	partitions := map[int][]int32{3: labels}
	o := Options{Pairs: 60, Starts: 5, Seed: 1}
	got, err := Resample(t.Context(), x.Rows, []int{2, 3}, partitions, find, o)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Bootstrap(t.Context(), x, nil, []int{2, 3}, partitions, o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if math.Abs(Mean(got[i].Global)-Mean(want[i].Global)) > .06 {
			t.Errorf("k %d: %.3f, want %.3f", want[i].K, Mean(got[i].Global), Mean(want[i].Global))
		}
	}
	for s := range want[1].Within {
		if math.Abs(Mean(got[1].Within[s])-Mean(want[1].Within[s])) > .06 {
			t.Errorf("segment %d: %.3f, want %.3f", s, Mean(got[1].Within[s]), Mean(want[1].Within[s]))
		}
	}
}

// With a share no row is drawn twice.
func TestResampleShare(t *testing.T) {
	find := func(_ context.Context, draw []int, _ int, _ uint64) ([]int32, error) {
		if !slices.IsSorted(draw) || len(draw) != 40 || len(slices.Compact(slices.Clone(draw))) != 40 || draw[0] < 0 || draw[39] >= 50 {
			return nil, fmt.Errorf("drew %v", draw)
		}
		labels := make([]int32, 50)
		for _, r := range draw {
			labels[r] = 1
		}
		return labels, nil
	}
	got, err := Resample(t.Context(), 50, []int{2}, nil, find, Options{Pairs: 20, Share: .8})
	if err != nil {
		t.Fatal(err)
	}
	// What was drawn is independent between the samples.
	if m := Mean(got[0].Global); math.Abs(m) > .1 {
		t.Errorf("mean agreement of the draws %.3f", m)
	}
	for _, share := range []float64{-.1, 1.1} {
		if _, err := Resample(t.Context(), 50, []int{2}, nil, find, Options{Share: share}); err == nil {
			t.Errorf("a share of %v was taken", share)
		}
	}
}

func TestResampleFails(t *testing.T) {
	broken := errors.New("broken")
	fails := func(context.Context, []int, int, uint64) ([]int32, error) { return nil, broken }
	if _, err := Resample(t.Context(), 5, []int{2}, nil, fails, Options{}); !errors.Is(err, broken) {
		t.Errorf("a method that fails: %v", err)
	}
	short := func(context.Context, []int, int, uint64) ([]int32, error) { return []int32{0}, nil }
	if _, err := Resample(t.Context(), 5, []int{2}, nil, short, Options{}); err == nil {
		t.Error("too few labels were taken")
	}
	if _, err := Resample(t.Context(), 0, []int{2}, nil, short, Options{}); err == nil {
		t.Error("no rows were taken")
	}
	if _, err := Resample(t.Context(), 5, []int{2}, map[int][]int32{2: {0}}, short, Options{}); err == nil {
		t.Error("a partition that does not fit was taken")
	}
}
