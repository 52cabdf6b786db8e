package form

import (
	"math"
	"strconv"

	"github.com/kreds/kreds"
)

// Number is a number that was read.
type Number struct {
	Fixed   int64   // times 10⁴, if Exact
	Float   float64 // the nearest float64
	Exact   bool    // at most four decimals, and not too large
	Whole   bool    // written without a decimal sign or exponent
	Grouped bool    // written with signs between thousands
}

var powers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

var scales = [...]uint64{10000, 1000, 100, 10, 1}

// ParseNumber reads a number with a decimal point, or with a decimal comma:
// 12, -0.5, 1,234.50, 1 234.5, 1.5e-3. White space around it is not taken.
func ParseNumber(b []byte, comma bool) (Number, bool) {
	mant, decimals, ok := Plain(b, comma)
	if !ok {
		return slowNumber(b, comma)
	}
	neg := mant < 0 || mant == 0 && b[0] == '-'
	if neg {
		mant = -mant
	}
	n := fixed(neg, uint64(mant), decimals)
	n.Whole = decimals == 0 && b[len(b)-1]-'0' <= 9
	return n, true
}

// Plain reads a number of at most 18 digits without grouping and exponent, as
// mant / 10^decimals. Other numbers are ParseNumber's.
func Plain(b []byte, comma bool) (mant int64, decimals int, ok bool) {
	sign := byte('.')
	if comma {
		sign = ','
	}
	i := 0
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		i = 1
	}
	if len(b) > 20 {
		return 0, 0, false
	}
	begin, point := i, -1
	for ; i < len(b); i++ {
		c := b[i]
		if d := c - '0'; d <= 9 {
			mant = mant*10 + int64(d)
		} else if c == sign && point < 0 {
			point = i
		} else {
			return 0, 0, false
		}
	}
	digits := len(b) - begin
	if point >= 0 {
		digits--
		decimals = len(b) - 1 - point
	}
	if digits == 0 || digits > 18 {
		return 0, 0, false
	}
	if neg {
		mant = -mant
	}
	return mant, decimals, true
}

// Fixed returns mant / 10^decimals times 10⁴, if that is exact.
func Fixed(mant int64, decimals int) (int64, bool) {
	if decimals > 4 {
		return 0, false
	}
	if mant > kreds.MaxDecimal || mant < -kreds.MaxDecimal {
		return 0, false
	}
	v := mant * int64(scales[decimals])
	return v, v <= kreds.MaxDecimal && v >= -kreds.MaxDecimal
}

// Nearest returns the float64 that is nearest to mant / 10^decimals, if that is
// one division.
func Nearest(mant int64, decimals int) (float64, bool) {
	if mant == 0 || mant > 1<<53 || mant < -(1<<53) {
		return 0, mant == 0
	}
	return float64(mant) / powers[decimals], true
}

// fixed makes the number mant / 10^decimals of at most 18 digits.
func fixed(neg bool, mant uint64, decimals int) (n Number) {
	for decimals > 4 && mant%10 == 0 {
		mant /= 10
		decimals--
	}
	if decimals <= 4 && mant <= kreds.MaxDecimal {
		if v := mant * scales[decimals]; v <= kreds.MaxDecimal {
			n.Exact, n.Fixed = true, int64(v)
			if neg {
				n.Fixed = -n.Fixed
			}
		}
	}
	if mant <= 1<<53 {
		n.Float = float64(mant) / powers[decimals]
	} else {
		var buf [32]byte
		text := strconv.AppendUint(buf[:0], mant, 10)
		text = append(text, 'e', '-')
		text = strconv.AppendInt(text, int64(decimals), 10)
		n.Float, _ = strconv.ParseFloat(string(text), 64) // digits and a small exponent
	}
	if neg && n.Float != 0 {
		n.Float = -n.Float
	}
	return n
}

// slowNumber reads numbers with grouping, exponents and many digits.
func slowNumber(b []byte, comma bool) (Number, bool) {
	if len(b) > 400 {
		return Number{}, false
	}
	sign, group := byte('.'), byte(',')
	if comma {
		sign, group = group, sign
	}
	n := Number{Whole: true}
	var text []byte
	i := 0
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		text = append(text, b[0])
		i = 1
	}
	run, digits, decimals, exponent := 0, 0, 0, false
	used := "" // the sign between thousands
	for i < len(b) {
		c := b[i]
		if c >= '0' && c <= '9' {
			text = append(text, c)
			run++
			digits++
			if !n.Whole {
				decimals++
			}
			i++
			continue
		}
		if c == sign && n.Whole {
			if used != "" && run != 3 {
				return n, false
			}
			text = append(text, '.')
			n.Whole = false
			run = 0
			i++
			continue
		}
		if (c == 'e' || c == 'E') && digits > 0 {
			if used != "" && n.Whole && run != 3 {
				return n, false
			}
			rest := b[i+1:]
			if len(rest) > 0 && (rest[0] == '-' || rest[0] == '+') {
				rest = rest[1:]
			}
			if len(rest) == 0 || len(rest) > 3 {
				return n, false
			}
			for _, d := range rest {
				if d < '0' || d > '9' {
					return n, false
				}
			}
			text = append(text, b[i:]...)
			n.Whole, exponent = false, true
			run = 3
			break
		}
		g := grouping(b[i:], group)
		if g == "" || !n.Whole || used != "" && (used != g || run != 3) || used == "" && (run == 0 || run > 3) {
			return n, false
		}
		used = g
		n.Grouped = true
		run = 0
		i += len(g)
	}
	if digits == 0 || used != "" && n.Whole && run != 3 {
		return n, false
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsInf(f, 0) {
		return n, false
	}
	n.Float = f
	if f == 0 {
		n.Float = 0 // no negative zero
	}
	if digits <= 18 && !exponent {
		mant, neg := uint64(0), false
		for _, c := range text {
			if c == '-' {
				neg = true
			} else if c >= '0' && c <= '9' {
				mant = mant*10 + uint64(c-'0')
			}
		}
		x := fixed(neg, mant, decimals)
		n.Exact, n.Fixed, n.Float = x.Exact, x.Fixed, x.Float
	} else if v := f * kreds.DecimalScale; exponent && v == math.Trunc(v) && math.Abs(v) <= kreds.MaxDecimal && float64(int64(v))/kreds.DecimalScale == f {
		n.Exact, n.Fixed = true, int64(v)
	}
	return n, true
}

// grouping returns the sign between thousands that b begins with, "" if none.
func grouping(b []byte, group byte) string {
	switch {
	case b[0] == group || b[0] == ' ' || b[0] == '\'':
		return string(b[:1])
	case len(b) > 1 && b[0] == 0xc2 && b[1] == 0xa0: // no-break space
		return "\u00a0"
	case len(b) > 2 && b[0] == 0xe2 && b[1] == 0x80 && b[2] == 0xaf: // narrow no-break space
		return "\u202f"
	}
	return ""
}

// LeadingZero reports whether digits follow a zero at the begin: a name, such as
// a postal code, rather than a number.
func LeadingZero(b []byte) bool {
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	return len(b) > 1 && b[0] == '0' && b[1] >= '0' && b[1] <= '9'
}
