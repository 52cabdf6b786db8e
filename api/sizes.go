package api

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// sizes measures the workspace when the metrics are read.
type sizes struct {
	w                             *Workspace
	bytes, rows, traits, segments *prometheus.Desc
}

func newSizes(w *Workspace) *sizes {
	desc := func(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }
	return &sizes{
		w:        w,
		bytes:    desc("kreds_data_bytes", "Size of the data directory on disk."),
		rows:     desc("kreds_event_rows", "Rows of all event types."),
		traits:   desc("kreds_traits", "Traits in the catalogue."),
		segments: desc("kreds_segments", "Segments."),
	}
}

// Describe names the measurements.
func (s *sizes) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.bytes, s.rows, s.traits, s.segments} {
		ch <- d
	}
}

// Collect takes the measurements.
func (s *sizes) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
	}
	gauge(s.bytes, float64(s.w.bytes()))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	cat, err := s.w.audience.Catalogue(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(s.rows, err)
		return
	}
	var rows int64
	for _, e := range cat.Events {
		rows += e.Rows
	}
	gauge(s.rows, float64(rows))
	gauge(s.traits, float64(len(cat.Traits)))
	gauge(s.segments, float64(len(cat.Segments)))
}
