package fold

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/engine/fold/condition"
	"github.com/kreds/kreds/segment"
)

// column returns the values of a term of profiles that is no measure, as of
// the instant; no term means the instant of the first event.
func (e *evaluation) column(t segment.Term, k kreds.Kind, asOf kreds.Instant) (*condition.Column, error) {
	key := fmt.Sprint("first event@", asOf)
	if t != nil {
		key = fmt.Sprint(k, segment.PrintTerm(t), "@", asOf)
	}
	if c, ok := e.columns[key]; ok {
		return c, nil
	}
	c, err := e.makeColumn(t, k, asOf)
	if err != nil {
		return nil, err
	}
	e.columns[key] = c
	return c, nil
}

func (e *evaluation) makeColumn(t segment.Term, k kreds.Kind, asOf kreds.Instant) (*condition.Column, error) {
	switch t := t.(type) {
	case nil:
		return e.instants(e.d.FirstEvent(), asOf), nil
	case *segment.Func:
		arg, err := e.column(t.Arg, k, asOf)
		if err != nil {
			return nil, err
		}
		return e.called(t.Name, arg), nil
	case *segment.Path:
		switch t.Ref.Kind {
		case segment.RefCompany:
			of, err := e.reference(t.Ref.Of, t.Ref, kreds.Company, asOf)
			if err != nil {
				return nil, err
			}
			return e.ofCompany(of, asOf)
		default:
			return e.reference(t.Ref.Kind, t.Ref, k, asOf)
		}
	}
	return nil, kreds.Errorf(kreds.CodeInternal, "%s is no term of profiles", segment.PrintTerm(t))
}

// reference returns what a path refers to, of profiles of the kind.
func (e *evaluation) reference(of segment.RefKind, ref segment.Ref, k kreds.Kind, asOf kreds.Instant) (*condition.Column, error) {
	switch of {
	case segment.RefTrait:
		v, err := e.d.Trait(e.ctx, k, ref.Name, asOf)
		if err != nil {
			return nil, err
		}
		if v == nil {
			return &condition.Column{Type: ref.Type, Known: engine.Bits{}}, nil
		}
		return condition.ColumnOf(v), nil
	case segment.RefKey:
		keys, err := e.d.Key(e.ctx)
		if err != nil {
			return nil, err
		}
		c := &condition.Column{Type: kreds.Text, Code: make([]int32, len(keys)), Dict: keys}
		for i := range c.Code {
			c.Code[i] = int32(i)
		}
		return c, nil
	case segment.RefFirstSeen:
		return e.instants(e.d.FirstSeen(), asOf), nil
	case segment.RefReachable:
		return e.reachable(ref.Name, k, asOf)
	}
	return nil, kreds.Errorf(kreds.CodeInternal, "a path of profiles refers to nothing known (%d)", of)
}

// instants wraps instants of profiles, known where they are visible.
func (e *evaluation) instants(at []kreds.Instant, asOf kreds.Instant) *condition.Column {
	c := &condition.Column{Type: kreds.Instants, Known: engine.MakeBits(e.n), Int: make([]int64, len(at))}
	for i, t := range at {
		if t < asOf {
			c.Int[i] = int64(t)
			c.Known.Set(uint32(i))
		}
	}
	return c
}

// called applies year, month, weekday, hour or size.
func (e *evaluation) called(fn string, arg *condition.Column) *condition.Column {
	c := &condition.Column{Type: kreds.Number, Num: make([]float64, e.n), Known: engine.MakeBits(e.n)}
	var sizes []condition.Cell
	if arg.Type == kreds.List {
		sizes = e.sizes(arg.Dict)
	}
	e.parallel(len(c.Known), func(_, from, to int) {
		for i := from * 64; i < min(to*64, e.n); i++ {
			var v condition.Cell
			if sizes != nil {
				if i < len(arg.Code) && arg.Has(i) && uint(arg.Code[i]) < uint(len(sizes)) {
					v = sizes[arg.Code[i]]
				}
			} else {
				v = condition.Call(e.cal, fn, arg.Type, arg.At(i))
			}
			if v.Known {
				c.Num[i] = v.Num
				c.Known.Set(uint32(i))
			}
		}
	})
	return c
}

// sizes returns the sizes of the lists of a dictionary.
func (e *evaluation) sizes(dict []string) []condition.Cell {
	out := make([]condition.Cell, len(dict))
	for i, s := range dict {
		out[i] = condition.NumberCell(float64(len(condition.ListOf(s))))
	}
	return out
}

// ofCompany carries values of companies to their persons.
func (e *evaluation) ofCompany(of *condition.Column, asOf kreds.Instant) (*condition.Column, error) {
	owner, err := e.owner(asOf)
	if err != nil {
		return nil, err
	}
	c := &condition.Column{Type: of.Type, Known: engine.MakeBits(e.n), Dict: of.Dict}
	switch {
	case of.Num != nil:
		c.Num = make([]float64, e.n)
	case of.Code != nil:
		c.Code = make([]int32, e.n)
	default:
		c.Int = make([]int64, e.n)
	}
	for i := range min(e.n, len(owner.Int)) {
		if !owner.Has(i) {
			continue
		}
		at := int(owner.Int[i])
		if !of.Has(at) {
			continue
		}
		switch {
		case of.Num != nil:
			c.Num[i] = of.Num[at]
		case of.Code != nil:
			c.Code[i] = of.Code[at]
		default:
			c.Int[i] = of.At(at).Int
		}
		c.Known.Set(uint32(i))
	}
	return c, nil
}

// owner returns the number of each person's company.
func (e *evaluation) owner(asOf kreds.Instant) (*condition.Column, error) {
	key := fmt.Sprint("owner@", asOf)
	if c, ok := e.columns[key]; ok {
		return c, nil
	}
	v, err := e.d.Owner(e.ctx, asOf)
	if err != nil {
		return nil, err
	}
	c := &condition.Column{Known: engine.Bits{}}
	if v != nil {
		c = condition.ColumnOf(v)
	}
	e.columns[key] = c
	return c, nil
}

// reachable holds where the channel's address is known, consent is given and
// nothing suppresses; it is never unknown.
func (e *evaluation) reachable(channel string, k kreds.Kind, asOf kreds.Instant) (*condition.Column, error) {
	names := segment.ChannelTraits(channel)
	traits := map[string]*condition.Column{}
	for _, name := range names {
		for _, t := range e.cat.Traits {
			if t.Kind == k && strings.EqualFold(t.Name, name) {
				c, err := e.reference(segment.RefTrait, segment.Ref{Name: t.Name, Type: t.Type}, k, asOf)
				if err != nil {
					return nil, err
				}
				traits[name] = c
			}
		}
	}
	c := &condition.Column{Type: kreds.Boolean, Flag: make([]uint8, e.n)}
	at, consent := traits[names[0]], traits[names[1]]
	if at == nil || consent == nil {
		return c, nil
	}
	for i := range c.Flag {
		if !at.Has(i) || consent.At(i).Text != "given" {
			continue
		}
		c.Flag[i] = 1
		for _, name := range names[2:] {
			if s := traits[name]; s != nil && s.Type == kreds.Boolean && s.At(i).Int != 0 {
				c.Flag[i] = 0
			}
		}
	}
	return c, nil
}

// bucket answers a split by the hash of keys.
func (e *evaluation) bucket(n *segment.Bucket) (engine.Bits, error) {
	if n.Of <= 0 {
		return nil, kreds.Errorf(kreds.CodeInvalid, "a split needs at least one bucket")
	}
	hashes, ok := e.hashes[n.Salt]
	if !ok {
		keys, err := e.d.Key(e.ctx)
		if err != nil {
			return nil, err
		}
		hashes = make([]uint64, len(keys))
		e.parallel(len(keys), func(_, from, to int) {
			text := append([]byte(n.Salt), 0)
			for i := from; i < to; i++ {
				text = append(text[:len(n.Salt)+1], keys[i]...)
				sum := sha256.Sum256(text)
				hashes[i] = binary.BigEndian.Uint64(sum[:])
			}
		})
		e.hashes[n.Salt] = hashes
	}
	holds := engine.MakeBits(e.n)
	for i, h := range hashes {
		if b := h % uint64(n.Of); b >= uint64(max(n.From, 0)) && b <= uint64(max(n.To, 0)) && n.To >= 0 {
			holds.Set(uint32(i))
		}
	}
	return holds, nil
}

// values returns a column of profiles in the form of answers.
func (e *evaluation) values(c *condition.Column) *engine.Values {
	v := &engine.Values{Type: c.Type, Known: c.Known, Num: c.Num, Int: c.Int, Code: c.Code, Dict: c.Dict}
	if v.Known == nil {
		v.Known = engine.MakeBits(e.n)
		for i := range v.Known {
			v.Known[i] = condition.Tail(e.n - i*64)
		}
	}
	if c.Flag != nil {
		v.Int = make([]int64, len(c.Flag))
		for i, f := range c.Flag {
			v.Int[i] = int64(f)
		}
	}
	return v
}

// overProfiles answers a leaf for all profiles from the columns of its terms.
// unknown is nil unless asked for.
func (e *evaluation) overProfiles(l *condition.Leaf, cols []*condition.Column, wantUnknown bool) (holds, unknown engine.Bits) {
	n := e.n
	holds = engine.MakeBits(n)
	if wantUnknown {
		unknown = engine.MakeBits(n)
	}
	var t *condition.Tester
	if l.Single() {
		t = e.set.Tester(l, cols[0].Type, cols[0].Dict)
	}
	e.parallel(len(holds), func(_, from, to int) {
		if t != nil {
			t.Fill(cols[0], n, from, holds[from:to])
		}
		if t != nil && !wantUnknown {
			return
		}
		v := make([]condition.Cell, len(cols))
		for i := from * 64; i < min(to*64, n); i++ {
			if t != nil && cols[0].Has(i) {
				// Only conditions of unknown values remain in doubt; all others
				// are answered.
				continue
			}
			for k, c := range cols {
				v[k] = c.At(i)
			}
			ok, known := l.Eval(v)
			if ok {
				holds.Set(uint32(i))
			}
			if wantUnknown && !known {
				unknown.Set(uint32(i))
			}
		}
	})
	return holds, unknown
}
