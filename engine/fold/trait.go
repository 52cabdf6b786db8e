package fold

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
	"github.com/kreds/kreds/segment"
)

// column returns the values of a term of profiles that is no measure, as of
// the instant; no term means the instant of the first event.
func (e *evaluation) column(t segment.Term, k kreds.Kind, asOf kreds.Instant) (*column, error) {
	key := fmt.Sprint("first event@", asOf)
	if t != nil {
		key = fmt.Sprint(k, printTerm(t), "@", asOf)
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

func (e *evaluation) makeColumn(t segment.Term, k kreds.Kind, asOf kreds.Instant) (*column, error) {
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
	return nil, kreds.Errorf(kreds.CodeInternal, "%s is no term of profiles", printTerm(t))
}

// reference returns what a path refers to, of profiles of the kind.
func (e *evaluation) reference(of segment.RefKind, ref segment.Ref, k kreds.Kind, asOf kreds.Instant) (*column, error) {
	switch of {
	case segment.RefTrait:
		v, err := e.d.Trait(e.ctx, k, ref.Name, asOf)
		if err != nil {
			return nil, err
		}
		if v == nil {
			return &column{typ: ref.Type, known: engine.Bits{}}, nil
		}
		return columnOf(v), nil
	case segment.RefKey:
		keys, err := e.d.Key(e.ctx)
		if err != nil {
			return nil, err
		}
		c := &column{typ: kreds.Text, code: make([]int32, len(keys)), dict: keys}
		for i := range c.code {
			c.code[i] = int32(i)
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
func (e *evaluation) instants(at []kreds.Instant, asOf kreds.Instant) *column {
	c := &column{typ: kreds.Instants, known: engine.MakeBits(e.n), int: make([]int64, len(at))}
	for i, t := range at {
		if t < asOf {
			c.int[i] = int64(t)
			c.known.Set(uint32(i))
		}
	}
	return c
}

// called applies year, month, weekday, hour or size.
func (e *evaluation) called(fn string, arg *column) *column {
	c := &column{typ: kreds.Number, num: make([]float64, e.n), known: engine.MakeBits(e.n)}
	var sizes []cell
	if arg.typ == kreds.List {
		sizes = e.sizes(arg.dict)
	}
	e.parallel(len(c.known), func(_, from, to int) {
		for i := from * 64; i < min(to*64, e.n); i++ {
			var v cell
			if sizes != nil {
				if i < len(arg.code) && arg.has(i) && uint(arg.code[i]) < uint(len(sizes)) {
					v = sizes[arg.code[i]]
				}
			} else {
				v = call(e.cal, fn, arg.typ, arg.at(i))
			}
			if v.known {
				c.num[i] = v.num
				c.known.Set(uint32(i))
			}
		}
	})
	return c
}

// call applies year, month, weekday, hour or size to a value of the type.
func call(cal *segment.Calendar, fn string, t kreds.Type, v cell) cell {
	if !v.known {
		return cell{}
	}
	if t == kreds.List {
		return numberCell(float64(len(listOf(v.text))))
	}
	at := kreds.Instant(v.int)
	if t == kreds.Date {
		at = cal.Midnight(kreds.Day(v.int))
	}
	year, month, weekday, hour := cal.Parts(at)
	switch fn {
	case "year":
		return numberCell(float64(year))
	case "month":
		return numberCell(float64(month))
	case "weekday":
		return numberCell(float64(weekday))
	}
	return numberCell(float64(hour))
}

// sizes returns the sizes of the lists of a dictionary.
func (e *evaluation) sizes(dict []string) []cell {
	out := make([]cell, len(dict))
	for i, s := range dict {
		out[i] = numberCell(float64(len(listOf(s))))
	}
	return out
}

// ofCompany carries values of companies to their persons.
func (e *evaluation) ofCompany(of *column, asOf kreds.Instant) (*column, error) {
	owner, err := e.owner(asOf)
	if err != nil {
		return nil, err
	}
	c := &column{typ: of.typ, known: engine.MakeBits(e.n), dict: of.dict}
	switch {
	case of.num != nil:
		c.num = make([]float64, e.n)
	case of.code != nil:
		c.code = make([]int32, e.n)
	default:
		c.int = make([]int64, e.n)
	}
	for i := range min(e.n, len(owner.int)) {
		if !owner.has(i) {
			continue
		}
		at := int(owner.int[i])
		if !of.has(at) {
			continue
		}
		switch {
		case of.num != nil:
			c.num[i] = of.num[at]
		case of.code != nil:
			c.code[i] = of.code[at]
		default:
			c.int[i] = of.at(at).int
		}
		c.known.Set(uint32(i))
	}
	return c, nil
}

// owner returns the number of each person's company.
func (e *evaluation) owner(asOf kreds.Instant) (*column, error) {
	key := fmt.Sprint("owner@", asOf)
	if c, ok := e.columns[key]; ok {
		return c, nil
	}
	v, err := e.d.Owner(e.ctx, asOf)
	if err != nil {
		return nil, err
	}
	c := &column{known: engine.Bits{}}
	if v != nil {
		c = columnOf(v)
	}
	e.columns[key] = c
	return c, nil
}

// reachable holds where the channel's address is known, consent is given and
// nothing suppresses; it is never unknown.
func (e *evaluation) reachable(channel string, k kreds.Kind, asOf kreds.Instant) (*column, error) {
	address := channel
	switch strings.ToLower(channel) {
	case "sms":
		address = "phone"
	case "post":
		address = "address"
	}
	traits := map[string]*column{}
	for _, name := range []string{address, "consent." + channel, "suppressed." + channel, "suppressed"} {
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
	c := &column{typ: kreds.Boolean, flag: make([]uint8, e.n)}
	at, consent := traits[address], traits["consent."+channel]
	if at == nil || consent == nil {
		return c, nil
	}
	for i := range c.flag {
		if !at.has(i) || consent.at(i).text != "given" {
			continue
		}
		c.flag[i] = 1
		for _, name := range []string{"suppressed." + channel, "suppressed"} {
			if s := traits[name]; s != nil && s.typ == kreds.Boolean && s.at(i).int != 0 {
				c.flag[i] = 0
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
func (e *evaluation) values(c *column) *engine.Values {
	v := &engine.Values{Type: c.typ, Known: c.known, Num: c.num, Int: c.int, Code: c.code, Dict: c.dict}
	if v.Known == nil {
		v.Known = engine.MakeBits(e.n)
		for i := range v.Known {
			v.Known[i] = tail(e.n - i*64)
		}
	}
	if c.flag != nil {
		v.Int = make([]int64, len(c.flag))
		for i, f := range c.flag {
			v.Int[i] = int64(f)
		}
	}
	return v
}

// overProfiles answers a leaf for all profiles from the columns of its terms.
// unknown is nil unless asked for.
func (e *evaluation) overProfiles(l *leaf, cols []*column, wantUnknown bool) (holds, unknown engine.Bits) {
	n := e.n
	holds = engine.MakeBits(n)
	if wantUnknown {
		unknown = engine.MakeBits(n)
	}
	var t *tester
	if l.single() {
		t = e.set.tester(l, cols[0].typ, cols[0].dict)
	}
	e.parallel(len(holds), func(_, from, to int) {
		if t != nil {
			t.fill(cols[0], n, from, holds[from:to])
		}
		if t != nil && !wantUnknown {
			return
		}
		v := make([]cell, len(cols))
		for i := from * 64; i < min(to*64, n); i++ {
			if t != nil && cols[0].has(i) {
				// Only conditions of unknown values remain in doubt; all others
				// are answered.
				continue
			}
			for k, c := range cols {
				v[k] = c.at(i)
			}
			ok, known := l.eval(v)
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
