package fold

import (
	"cmp"
	"slices"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/rows"
)

// pile is rows of one table on their way to another order.
type pile struct {
	rows  rows.Rows
	known [][]bool // by column; nil while all are known
}

// add appends a row of r as one of the profile; person is whose it was.
func (p *pile) add(r *rows.Rows, row int, profile, person uint32) {
	d := &p.rows
	if d.Columns == nil {
		d.Columns = make([]rows.Vector, len(r.Columns))
		p.known = make([][]bool, len(r.Columns))
		for i := range r.Columns {
			d.Columns[i].Type, d.Columns[i].Exact = r.Columns[i].Type, r.Columns[i].Exact
		}
	}
	d.Profile, d.Time = append(d.Profile, profile), append(d.Time, r.Time[row])
	d.Persons = append(d.Persons, person)
	if r.DayOnly != nil {
		d.DayOnly = append(d.DayOnly, r.DayOnly[row])
	}
	for i := range r.Columns {
		s, v := &r.Columns[i], &d.Columns[i]
		switch {
		case s.I64 != nil:
			v.I64 = append(v.I64, s.I64[row])
		case s.F64 != nil:
			v.F64 = append(v.F64, s.F64[row])
		case s.I32 != nil:
			v.I32 = append(v.I32, s.I32[row])
		case s.U8 != nil:
			v.U8 = append(v.U8, s.U8[row])
		}
		p.known[i] = append(p.known[i], s.Known == nil || s.Known[row>>6]>>(row&63)&1 != 0)
	}
}

// join appends all rows of another pile.
func (p *pile) join(o *pile) {
	for i := range o.rows.Profile {
		p.add(o.withKnown(), i, o.rows.Profile[i], o.rows.Persons[i])
	}
}

// withKnown returns the rows with what is known as bits.
func (p *pile) withKnown() *rows.Rows {
	for i := range p.rows.Columns {
		if p.rows.Columns[i].Known != nil {
			continue
		}
		bits := make([]uint64, (len(p.known[i])+63)/64)
		for row, ok := range p.known[i] {
			if ok {
				bits[row>>6] |= 1 << (row & 63)
			}
		}
		p.rows.Columns[i].Known = bits
	}
	return &p.rows
}

// sorted returns the rows in the order of batches.
func (p *pile) sorted(buckets []uint16) *rows.Rows {
	r := p.withKnown()
	order := make([]int, len(r.Profile))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := r.Profile[a], r.Profile[b]
		return cmp.Or(cmp.Compare(buckets[x], buckets[y]), cmp.Compare(x, y), cmp.Compare(r.Time[a], r.Time[b]))
	})
	var out pile
	for _, i := range order {
		out.add(r, i, r.Profile[i], r.Persons[i])
	}
	return out.withKnown()
}

// runGathered reads the tables of persons in all buckets, puts their rows under
// the companies of the request's buckets, and folds those. Events of the
// companies themselves come from the same jobs.
func (s *sweep) runGathered(workers []*rows.Worker) error {
	owner, err := s.e.owner(s.asOf)
	if err != nil {
		return err
	}
	buckets := s.e.d.BucketOf()
	wanted := s.e.r.Buckets
	// piles has those of each reading worker, by part of the buckets and table.
	n := len(workers)
	piles := make([][]pile, n*n)
	for i := range piles {
		piles[i] = make([]pile, len(s.tables))
	}
	collect := func(tables []int, read engine.Buckets, of func(p uint32) (uint32, bool)) error {
		q, read2 := s.query(tables, read)
		if len(read2) == 0 {
			return nil
		}
		return s.e.d.Rows(s.e.ctx, q, func(id int, b *rows.Batch) error {
			if err := s.e.ctx.Err(); err != nil {
				return err
			}
			for i, t := range read2 {
				r := &b.Tables[i]
				for row, p := range r.Profile {
					to, ok := of(p)
					if !ok {
						continue
					}
					bucket := int(buckets[to])
					if bucket < wanted.From || bucket > wanted.To {
						continue
					}
					part := bucket * n / kreds.Buckets
					piles[id*n+part][t].add(r, row, to, p)
				}
			}
			return nil
		})
	}
	var persons, own []int
	for i, t := range s.tables {
		if t.ofPersons {
			persons = append(persons, i)
		} else {
			own = append(own, i)
		}
	}
	err = collect(persons, engine.AllBuckets, func(p uint32) (uint32, bool) {
		if int(p) >= len(owner.Int) || !owner.Has(int(p)) {
			return 0, false
		}
		c := owner.Int[p]
		return uint32(c), c >= 0 && int(c) < s.e.n
	})
	if err != nil {
		return err
	}
	if err := collect(own, wanted, func(p uint32) (uint32, bool) { return p, true }); err != nil {
		return err
	}
	return inParallel(workers, func(w *rows.Worker) error {
		w.Begin()
		for t := range s.tables {
			all := &piles[w.ID][t]
			for from := 1; from < n; from++ {
				all.join(&piles[from*n+w.ID][t])
			}
			w.Rows[t] = all.sorted(buckets)
		}
		foldBatch(w, s.jobs)
		return nil
	})
}
