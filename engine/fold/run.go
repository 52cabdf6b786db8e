package fold

import (
	"slices"
	"sync/atomic"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// sweepAll reads what was planned and finishes all jobs.
func (e *evaluation) sweepAll() error {
	for _, s := range e.order {
		if err := s.run(); err != nil {
			return err
		}
	}
	return nil
}

// run reads the tables of the sweep, those together that a job needs together.
func (s *sweep) run() error {
	for _, j := range s.jobs {
		for _, k := range j.sinks {
			k.prepare(s.e, j, s.e.workers)
		}
	}
	for _, t := range s.tables {
		s.plan.before = append(s.plan.before, t.before)
	}
	workers := make([]*worker, s.e.workers)
	for i := range workers {
		workers[i] = newWorker(&s.plan, i, len(s.tables))
	}
	if s.gathered {
		if err := s.runGathered(workers); err != nil {
			return err
		}
	} else {
		for _, tables := range s.components() {
			var jobs []*job
			for _, j := range s.jobs {
				if t := s.plan.frames[j.frame]; len(t) > 0 && slices.Contains(tables, t[0]) {
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
	for _, j := range s.jobs {
		tables := s.plan.frames[j.frame]
		for _, t := range tables {
			from, to := of[t], of[tables[0]]
			for i := range of {
				if of[i] == from {
					of[i] = to
				}
			}
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
		if p.before == kreds.MinInstant {
			continue // planned, but nothing of it is wanted
		}
		q.Tables = append(q.Tables, Table{
			Event: p.event.Name, Columns: p.columns, DayOnly: p.dayOnly, From: p.from, Before: p.before,
		})
		read = append(read, t)
	}
	return q, read
}

// read makes one pass over tables for the jobs.
func (s *sweep) read(tables []int, jobs []*job, workers []*worker) error {
	q, read := s.query(tables, s.e.r.Buckets)
	if len(read) == 0 {
		return nil
	}
	return s.e.d.Rows(s.e.ctx, q, func(id int, b *Batch) error {
		if err := s.e.ctx.Err(); err != nil {
			return err
		}
		w := workers[id]
		w.begin()
		for i, t := range read {
			w.rows[t] = &b.Tables[i]
		}
		foldBatch(w, jobs)
		return nil
	})
}

// foldBatch folds the rows at hand.
func foldBatch(w *worker, jobs []*job) {
	for _, j := range jobs {
		f := w.frame(j.frame)
		if len(f.profiles) == 0 {
			continue
		}
		j.fold(w, f, &w.out)
		if j.keeps && j.sel != nil {
			w.someOf(j.sel, f, &w.out)
		}
		for _, k := range j.sinks {
			k.take(w, j, f, &w.out)
		}
	}
}

// inParallel calls f for each worker at once and returns the first error.
func inParallel(workers []*worker, f func(w *worker) error) error {
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
