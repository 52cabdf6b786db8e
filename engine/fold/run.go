package fold

import (
	"slices"
	"sync/atomic"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/rows"
)

// sweepAll reads what was planned and finishes all jobs.
func (e *evaluation) sweepAll() error {
	e.arrange()
	for _, s := range e.planned {
		if err := s.run(); err != nil {
			return err
		}
	}
	return nil
}

// manyJobs is from how many jobs on it is worth to write their answers in the
// order of rows: the sets of fewer stay close to the processor anyway.
const manyJobs = 8

// arrange finds the order that rows come in, if there are many jobs.
func (e *evaluation) arrange() {
	jobs := 0
	for _, s := range e.planned {
		jobs += len(s.jobs)
	}
	if jobs < manyJobs {
		return
	}
	buckets := e.d.BucketOf()
	var next [kreds.Buckets + 1]uint32
	for _, b := range buckets[:e.n] {
		next[int(b)+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	e.order, e.places = make([]uint32, e.n), make([]uint32, e.n)
	for p, b := range buckets[:e.n] {
		e.order[next[b]], e.places[p] = uint32(p), next[b]
		next[b]++
	}
	for _, s := range e.planned {
		s.plan.Places = e.places
	}
}

// run reads the tables of the sweep, those together that a job needs together.
func (s *sweep) run() error {
	for _, j := range s.jobs {
		for _, k := range j.sinks {
			k.prepare(s.e, j, s.e.workers)
		}
	}
	s.planViews()
	for _, t := range s.tables {
		if t.base != nil {
			t = t.base
		}
		s.plan.Before = append(s.plan.Before, t.before)
	}
	workers := make([]*rows.Worker, s.e.workers)
	for i := range workers {
		workers[i] = rows.NewWorker(&s.plan, i, len(s.tables))
	}
	if s.gathered {
		if err := s.runGathered(workers); err != nil {
			return err
		}
	} else {
		for _, tables := range s.components() {
			var jobs []*job
			for _, j := range s.jobs {
				if t := s.plan.Frames[j.frame]; len(t) > 0 && slices.Contains(tables, t[0]) {
					jobs = append(jobs, j)
				}
			}
			if err := s.read(tables, jobs, workers); err != nil {
				return err
			}
		}
	}
	for _, j := range s.jobs {
		for _, k := range j.sinks {
			k.finish(s.e, j)
		}
	}
	return nil
}

// components splits the tables into sets that no job crosses.
func (s *sweep) components() [][]int {
	of := make([]int, len(s.tables))
	for i := range of {
		of[i] = i
	}
	join := func(x, y int) {
		from, to := of[x], of[y]
		for i := range of {
			if of[i] == from {
				of[i] = to
			}
		}
	}
	for _, v := range s.plan.Views {
		join(v.Table, v.Of)
	}
	for _, j := range s.jobs {
		tables := s.plan.Frames[j.frame]
		for _, t := range tables {
			join(t, tables[0])
		}
	}
	var out [][]int
	for c := range of {
		var set []int
		for t, of := range of {
			if of == c {
				set = append(set, t)
			}
		}
		if set != nil {
			out = append(out, set)
		}
	}
	return out
}

// query returns what to read of the tables; without rows to come it has none.
func (s *sweep) query(tables []int, b engine.Buckets) (*RowsQuery, []int) {
	q := &RowsQuery{Buckets: b, Workers: s.e.workers}
	var read []int
	for _, t := range tables {
		p := s.tables[t]
		if p.before == kreds.MinInstant || p.base != nil {
			continue // planned, but nothing of it is wanted; or a view
		}
		q.Tables = append(q.Tables, Table{
			Event: p.event.Name, Columns: p.columns, DayOnly: p.dayOnly, From: p.from, Before: p.before,
			Keep: s.keep(t),
		})
		read = append(read, t)
	}
	return q, read
}

// read makes one pass over tables for the jobs.
func (s *sweep) read(tables []int, jobs []*job, workers []*rows.Worker) error {
	q, read := s.query(tables, s.e.r.Buckets)
	if len(read) == 0 {
		return nil
	}
	return s.e.d.Rows(s.e.ctx, q, func(id int, b *rows.Batch) error {
		if err := s.e.ctx.Err(); err != nil {
			return err
		}
		w := workers[id]
		w.Begin()
		for i, t := range read {
			w.Rows[t] = &b.Tables[i]
		}
		w.Derive()
		foldBatch(w, jobs)
		return nil
	})
}

// foldBatch folds the rows at hand.
func foldBatch(w *rows.Worker, jobs []*job) {
	for _, j := range jobs {
		f := w.Frame(j.frame)
		if len(f.Profiles) == 0 {
			continue
		}
		j.fold(w, f, &w.Out)
		if j.keeps && j.sel != nil {
			w.Some(j.sel, f, &w.Out)
		}
		for _, k := range j.sinks {
			k.take(w, j, f, &w.Out)
		}
	}
}

// inParallel calls f for each worker at once and returns the first error.
func inParallel(workers []*rows.Worker, f func(w *rows.Worker) error) error {
	var first atomic.Pointer[error]
	done := make(chan struct{})
	for _, w := range workers {
		go func() {
			if err := f(w); err != nil {
				first.CompareAndSwap(nil, &err)
			}
			done <- struct{}{}
		}()
	}
	for range workers {
		<-done
	}
	if err := first.Load(); err != nil {
		return *err
	}
	return nil
}
