package fold

import (
	"encoding/json"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/engine"
)

// cell is one value of a term; its type is known where it is read. The zero
// cell is unknown.
type cell struct {
	known bool
	num   float64 // Number; Span in seconds
	int   int64   // Date (days), Instants, Boolean (0, 1), Location (packed)
	text  string  // Text; a List as a JSON array
}

func numberCell(v float64) cell { return cell{known: true, num: v} }
func intCell(v int64) cell      { return cell{known: true, int: v} }
func textCell(s string) cell    { return cell{known: true, text: s} }

// value returns the cell as a value of the type.
func (c cell) value(t kreds.Type) kreds.Value {
	if !c.known {
		return kreds.Value{}
	}
	v := kreds.Value{Type: t}
	switch t {
	case kreds.Number, kreds.Span:
		v.Num = c.num
	case kreds.Text:
		v.Text = c.text
	case kreds.List:
		v.List = listOf(c.text)
	case kreds.Boolean:
		v.Bool = c.int != 0
	case kreds.Date:
		v.Day = kreds.Day(c.int)
	case kreds.Instants:
		v.Instant = kreds.Instant(c.int)
	case kreds.Location:
		v.Point = kreds.Unpack(c.int)
	}
	return v
}

// cellOf is the inverse of cell.value.
func cellOf(v kreds.Value) cell {
	switch v.Type {
	case kreds.Number, kreds.Span:
		return numberCell(v.Num)
	case kreds.Text:
		return textCell(v.Text)
	case kreds.List:
		b, _ := json.Marshal(v.List) // texts always marshal
		return textCell(string(b))
	case kreds.Boolean:
		if v.Bool {
			return intCell(1)
		}
		return intCell(0)
	case kreds.Date:
		return intCell(int64(v.Day))
	case kreds.Instants:
		return intCell(int64(v.Instant))
	case kreds.Location:
		return intCell(v.Point.Pack())
	}
	return cell{}
}

// listOf reads the stored form of a list.
func listOf(s string) []string {
	var l []string
	if json.Unmarshal([]byte(s), &l) != nil {
		return nil
	}
	return l
}

// column is the values of one term by profile number, by row or by code. Which
// slice is set follows from where it was read; all nil means all unknown.
type column struct {
	typ   kreds.Type
	known engine.Bits // nil: all known
	num   []float64
	dec   []int64 // Number times 10⁴
	int   []int64
	day   []int32
	flag  []uint8
	code  []int32
	dict  []string
}

// columnOf wraps values of profiles.
func columnOf(v *engine.Values) *column {
	c := &column{typ: v.Type, known: v.Known, num: v.Num, int: v.Int, code: v.Code, dict: v.Dict}
	if c.known == nil {
		c.known = engine.Bits{} // values without a set have none
	}
	return c
}

// vectorColumn wraps a column of rows.
func vectorColumn(v *Vector, dict []string) column {
	c := column{typ: v.Type, known: v.Known, num: v.F64, flag: v.U8, dict: dict}
	switch v.Type {
	case kreds.Number:
		c.dec = v.I64
	case kreds.Date:
		c.day = v.I32
	case kreds.Text, kreds.List:
		c.code = v.I32
	default:
		c.int = v.I64
	}
	return c
}

// has reports whether the value at i is known.
func (c *column) has(i int) bool {
	return c.known == nil || c.known.Has(uint32(i))
}

// at returns the value at i.
func (c *column) at(i int) cell {
	if !c.has(i) {
		return cell{}
	}
	switch {
	case i < len(c.num):
		return numberCell(c.num[i])
	case i < len(c.dec):
		return numberCell(float64(c.dec[i]) / kreds.DecimalScale)
	case i < len(c.int):
		return intCell(c.int[i])
	case i < len(c.day):
		return intCell(int64(c.day[i]))
	case i < len(c.flag):
		return intCell(int64(c.flag[i]))
	case i < len(c.code):
		if k := c.code[i]; k >= 0 && int(k) < len(c.dict) {
			return textCell(c.dict[k])
		}
	}
	return cell{}
}
