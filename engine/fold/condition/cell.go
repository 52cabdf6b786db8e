package condition

import (
	"encoding/json"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// Cell is one value of a term; its type is known where it is read. The zero
// Cell is unknown.
type Cell struct {
	Known bool
	Num   float64 // Number; Span in seconds
	Int   int64   // Date (days), Instants, Boolean (0, 1), Location (packed)
	Text  string  // Text; a List as a JSON array
}

// NumberCell returns a known number or length of time.
func NumberCell(v float64) Cell { return Cell{Known: true, Num: v} }

// IntCell returns a known value that is kept as an integer.
func IntCell(v int64) Cell { return Cell{Known: true, Int: v} }

// TextCell returns a known text, or a list as a JSON array.
func TextCell(s string) Cell { return Cell{Known: true, Text: s} }

// Value returns the cell as a value of the type.
func (c Cell) Value(t kreds.Type) kreds.Value {
	if !c.Known {
		return kreds.Value{}
	}
	v := kreds.Value{Type: t}
	switch t {
	case kreds.Number, kreds.Span:
		v.Num = c.Num
	case kreds.Text:
		v.Text = c.Text
	case kreds.List:
		v.List = ListOf(c.Text)
	case kreds.Boolean:
		v.Bool = c.Int != 0
	case kreds.Date:
		v.Day = kreds.Day(c.Int)
	case kreds.Instants:
		v.Instant = kreds.Instant(c.Int)
	case kreds.Location:
		v.Point = kreds.Unpack(c.Int)
	}
	return v
}

// CellOf is the inverse of Cell.Value.
func CellOf(v kreds.Value) Cell {
	switch v.Type {
	case kreds.Number, kreds.Span:
		return NumberCell(v.Num)
	case kreds.Text:
		return TextCell(v.Text)
	case kreds.List:
		b, _ := json.Marshal(v.List) // texts always marshal
		return TextCell(string(b))
	case kreds.Boolean:
		if v.Bool {
			return IntCell(1)
		}
		return IntCell(0)
	case kreds.Date:
		return IntCell(int64(v.Day))
	case kreds.Instants:
		return IntCell(int64(v.Instant))
	case kreds.Location:
		return IntCell(v.Point.Pack())
	}
	return Cell{}
}

// ListOf reads the stored form of a list.
func ListOf(s string) []string {
	var l []string
	if json.Unmarshal([]byte(s), &l) != nil {
		return nil
	}
	return l
}

// Column is the values of one term by profile number, by row or by code. Which
// slice is set follows from where it was read; all nil means all unknown.
type Column struct {
	Type  kreds.Type
	Known engine.Bits // nil: all known
	Num   []float64
	Dec   []int64 // Number times 10⁴
	Int   []int64
	Day   []int32
	Flag  []uint8
	Code  []int32
	Dict  []string
}

// ColumnOf wraps values of profiles.
func ColumnOf(v *engine.Values) *Column {
	c := &Column{Type: v.Type, Known: v.Known, Num: v.Num, Int: v.Int, Code: v.Code, Dict: v.Dict}
	if c.Known == nil {
		c.Known = engine.Bits{} // values without a set have none
	}
	return c
}

// Has reports whether the value at i is known.
func (c *Column) Has(i int) bool {
	return c.Known == nil || c.Known.Has(uint32(i))
}

// At returns the value at i.
func (c *Column) At(i int) Cell {
	if !c.Has(i) {
		return Cell{}
	}
	switch {
	case i < len(c.Num):
		return NumberCell(c.Num[i])
	case i < len(c.Dec):
		return NumberCell(float64(c.Dec[i]) / kreds.DecimalScale)
	case i < len(c.Int):
		return IntCell(c.Int[i])
	case i < len(c.Day):
		return IntCell(int64(c.Day[i]))
	case i < len(c.Flag):
		return IntCell(int64(c.Flag[i]))
	case i < len(c.Code):
		if k := c.Code[i]; k >= 0 && int(k) < len(c.Dict) {
			return TextCell(c.Dict[k])
		}
	}
	return Cell{}
}
