package formula

import (
	"math"
	"math/bits"

	"github.com/kreds/kreds"
)

// Value is a number: exact as mant / 10^scale, or a float64.
type Value struct {
	Float float64 // the nearest, also of an exact one that Evaluate returned
	Fixed int64   // times 10⁴, if IsExact and from Evaluate or Exact
	// IsExact tells which it is.
	IsExact bool
	mant    int64
	scale   uint8
}

// maxScale bounds the decimals of exact values in between.
const maxScale = 15

var tens = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// Exact returns the exact value fixed / 10⁴.
func Exact(fixed int64) Value {
	return Value{IsExact: true, Fixed: fixed, mant: fixed, scale: 4, Float: float64(fixed) / kreds.DecimalScale}
}

// Float returns a value that is not exact.
func Float(f float64) Value { return Value{Float: f} }

// float returns the nearest float64.
func (v Value) float() float64 {
	if !v.IsExact {
		return v.Float
	}
	return float64(v.mant) / float64(tens[v.scale])
}

func (v Value) zero() bool {
	if v.IsExact {
		return v.mant == 0
	}
	return v.Float == 0
}

func (v Value) finite() bool { return !math.IsInf(v.Float, 0) && !math.IsNaN(v.Float) }

func exact(mant int64, scale uint8) Value { return Value{IsExact: true, mant: mant, scale: scale} }

// settle sets what callers read. An exact value of more than four decimals, or
// too large, becomes a float64.
func (v Value) settle() Value {
	if !v.IsExact {
		return v
	}
	for v.scale > 4 && v.mant%10 == 0 {
		v.mant /= 10
		v.scale--
	}
	if v.scale <= 4 {
		if m, ok := times(v.mant, tens[4-v.scale]); ok && m <= kreds.MaxDecimal && m >= -kreds.MaxDecimal {
			return Exact(m)
		}
	}
	return Float(v.float())
}

func negate(v Value) Value {
	if v.IsExact && v.mant != math.MinInt64 {
		return exact(-v.mant, v.scale)
	}
	return Float(0 - v.float())
}

func times(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	if a == math.MinInt64 || b == math.MinInt64 {
		return 0, false
	}
	c := a * b
	return c, c/b == a
}

func add(x, y Value) Value {
	if x.IsExact && y.IsExact {
		s := max(x.scale, y.scale)
		a, ok := times(x.mant, tens[s-x.scale])
		b, ok2 := times(y.mant, tens[s-y.scale])
		if c := a + b; ok && ok2 && (c > a) == (b > 0) {
			return exact(c, s)
		}
	}
	return Float(x.float() + y.float())
}

func multiply(x, y Value) Value {
	if x.IsExact && y.IsExact {
		if v, ok := product(x, y); ok {
			return v
		}
	}
	return Float(x.float() * y.float())
}

// product multiplies in 128 bits and drops zeros at the end of the decimals.
func product(x, y Value) (Value, bool) {
	if x.mant == math.MinInt64 || y.mant == math.MinInt64 {
		return Value{}, false
	}
	neg := (x.mant < 0) != (y.mant < 0)
	hi, lo := bits.Mul64(magnitude(x.mant), magnitude(y.mant))
	scale := x.scale + y.scale
	for scale > 4 {
		by := min(scale-4, 4)
		q, q2, rest := wide(hi, lo, uint64(tens[by]))
		for rest != 0 && by > 0 {
			by--
			q, q2, rest = wide(hi, lo, uint64(tens[by]))
		}
		if by == 0 {
			break
		}
		hi, lo = q, q2
		scale -= by
	}
	if hi != 0 || lo > math.MaxInt64 || scale > maxScale {
		return Value{}, false
	}
	m := int64(lo)
	if neg {
		m = -m
	}
	return exact(m, scale), true
}

// wide divides 128 bits by d.
func wide(hi, lo, d uint64) (qhi, qlo, rest uint64) {
	qhi, rest = hi/d, hi%d
	qlo, rest = bits.Div64(rest, lo, d)
	return qhi, qlo, rest
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}

// divide is exact where the quotient has few decimals; y is not zero.
func divide(x, y Value) Value {
	if x.IsExact && y.IsExact {
		if v, ok := quotient(x, y); ok {
			return v
		}
	}
	return Float(x.float() / y.float())
}

func quotient(x, y Value) (Value, bool) {
	a, b := x.mant, y.mant
	if a == math.MinInt64 || b == math.MinInt64 {
		return Value{}, false
	}
	if b < 0 {
		a, b = -a, -b
	}
	// a/b = (a · 10^k / b) / 10^k, where 10^k takes all twos and fives of b.
	scale := int(x.scale) - int(y.scale)
	for a%b != 0 || scale < 0 {
		var ok bool
		if a, ok = times(a, 10); !ok {
			return Value{}, false
		}
		if scale++; scale > maxScale {
			return Value{}, false
		}
	}
	if scale > maxScale {
		return Value{}, false
	}
	return exact(a/b, uint8(scale)), true
}
