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
	mant, digits, point := uint64(0), 0, -1
	for ; i < len(b); i++ {
		c := b[i]
		if d := c - '0'; d <= 9 {
			mant = mant*10 + uint64(d)
			digits++
			continue
		}
		if c == sign && point < 0 {
			point = i
			continue
		}
		return slowNumber(b, comma)
	}
	if digits == 0 {
		return Number{}, false
	}
	if digits > 18 {
		return slowNumber(b, comma)
	}
	decimals := 0
	if point >= 0 {
		decimals = len(b) - 1 - point
	}
	n := fixed(neg, mant, decimals)
	n.Whole = point < 0
	return n, true
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
