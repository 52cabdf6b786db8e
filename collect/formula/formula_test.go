package formula

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/kreds/kreds"
)

func TestEvaluate(t *testing.T) {
	values := map[string]Value{
		"quantity": Exact(3_0000), "unit_price": Exact(2_5500), "zero": Exact(0), "third": Float(1.0 / 3), "antal køb": Exact(7_0000),
		"big": Exact(kreds.MaxDecimal), "cart.total": Exact(12_3400), "tiny": Exact(1),
	}
	for _, c := range []struct {
		formula string
		want    float64
		exact   bool
		unknown bool
	}{
		{"quantity * unit_price", 7.65, true, false},
		{"1 + 2 * 3", 7, true, false},
		{"(1 + 2) * 3", 9, true, false},
		{"10 - 4 - 3", 3, true, false},
		{"100 / 5 / 2", 10, true, false},
		{"-quantity + 1", -2, true, false},
		{"- -quantity", 3, true, false},
		{"2 * -3", -6, true, false},
		{"unit_price / 4", 0.6375, true, false},
		{"unit_price / 8", 0.31875, false, false},
		{"unit_price / 8 * 8", 2.55, true, false},
		{"1 / 3", 1.0 / 3, false, false},
		{"quantity / zero", 0, false, true},
		{"zero / zero", 0, false, true},
		{"zero / quantity", 0, true, false},
		{"third * 3", 1, false, false},
		{"`antal køb` * 2", 14, true, false},
		{"cart.total + .5", 12.84, true, false},
		{"big * big", 900719925474.0992 * 900719925474.0992, false, false},
		{"big + 1", 900719925475.0992, false, false},
		{"big - tiny", 900719925474.0991, true, false},
		{"tiny * tiny", 1e-8, false, false},
		{"1.25 * 0.8", 1, true, false},
		{"0.00001 * 100000", 1, false, false},
	} {
		f, err := Parse(c.formula)
		if err != nil {
			t.Errorf("%s: %v", c.formula, err)
			continue
		}
		var args []Value
		for _, n := range f.Names() {
			args = append(args, values[n])
		}
		got, ok, _ := f.Evaluate(args, nil)
		if ok == c.unknown || ok && (got.Float != c.want || got.IsExact != c.exact) {
			t.Errorf("%s = %v (exact %v, known %v), want %v (exact %v)", c.formula, got.Float, got.IsExact, ok, c.want, c.exact)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range [][2]string{
		{"", "expected a column or a number at 1:1, found the end"},
		{"a +", "expected a column or a number at 1:4"},
		{"a b", "expected + - * / or the end at 1:3"},
		{"(a", "expected ) at 1:3"},
		{"a)", "or the end at 1:2"},
		{"1,5 * a", "a number with a decimal point at 1:2"},
		{"1.2.3", "expected a number at 1:1"},
		{"a * ?", "found \"?\""},
		{"``", "a name in back quotes"},
		{"`a", "a name in back quotes"},
		{"a ** b", "at 1:4"},
		{"1e5", "decimal point"},
		{"æ + ", "at 1:5"},
		{strings.Repeat("(", 200), "too deep"},
		{strings.Repeat("-", 200) + "1", "too deep"},
		{strings.Repeat("1+", 3000), "at most"},
		{"\xff", "UTF-8"},
	} {
		_, err := Parse(c[0])
		if err == nil || !strings.Contains(err.Error(), c[1]) || kreds.CodeOf(err) != kreds.CodeInvalid {
			t.Errorf("%.20q: %v, want %q", c[0], err, c[1])
		}
	}
}

// Results that are exact equal those of exact arithmetic; others are near them.
func TestAgainstRationals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20000 {
		a, b, c := r.Int64N(2_000_000_000)-1_000_000_000, r.Int64N(2_000_000)-1_000_000, r.Int64N(100_000)
		if r.IntN(2) == 0 {
			a, b, c = a/10000*10000, b/100*100, c/2500*2500
		}
		ops := []string{"+", "-", "*", "/"}
		o, p := ops[r.IntN(4)], ops[r.IntN(4)]
		f, err := Parse("(x " + o + " y) " + p + " z")
		if err != nil {
			t.Fatal(err)
		}
		x, y, z := big.NewRat(a, kreds.DecimalScale), big.NewRat(b, kreds.DecimalScale), big.NewRat(c, kreds.DecimalScale)
		want, ok := apply(o, x, y)
		if ok {
			want, ok = apply(p, want, z)
		}
		got, known, _ := f.Evaluate([]Value{Exact(a), Exact(b), Exact(c)}, nil)
		if known != ok {
			t.Fatalf("%s of %d %d %d: known %v", f, a, b, c, known)
		}
		if !ok {
			continue
		}
		near, _ := want.Float64()
		if got.IsExact && want.Cmp(big.NewRat(got.Fixed, kreds.DecimalScale)) != 0 || math.Abs(got.Float-near) > 1e-9*math.Max(1, math.Abs(near)) {
			t.Fatalf("%s of %d %d %d = %v, want %v", f, a, b, c, got.Float, near)
		}
		// What has four decimals at most is exact if every step fits.
		scaled := new(big.Rat).Mul(want, big.NewRat(kreds.DecimalScale, 1))
		if o != "/" && p != "/" && scaled.IsInt() && scaled.Num().CmpAbs(big.NewInt(kreds.MaxDecimal)) <= 0 && !got.IsExact {
			t.Fatalf("%s of %d %d %d = %v is not exact", f, a, b, c, near)
		}
	}
}

func apply(op string, x, y *big.Rat) (*big.Rat, bool) {
	switch op {
	case "+":
		return new(big.Rat).Add(x, y), true
	case "-":
		return new(big.Rat).Sub(x, y), true
	case "*":
		return new(big.Rat).Mul(x, y), true
	}
	if y.Sign() == 0 {
		return nil, false
	}
	return new(big.Rat).Quo(x, y), true
}

// No text makes the parser or the evaluation panic.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"quantity * unit_price", "(a + 1.5) / -b", "`x y` - 2", "1/0", "((((1))))"} {
		f.Add(s, int64(10000), 0.5)
	}
	f.Fuzz(func(t *testing.T, text string, fixed int64, float float64) {
		p, err := Parse(text)
		if err != nil {
			if kreds.CodeOf(err) != kreds.CodeInvalid {
				t.Fatal(err)
			}
			return
		}
		args := make([]Value, len(p.Names()))
		for i := range args {
			args[i] = Exact(fixed % kreds.MaxDecimal)
			if i%2 == 1 {
				args[i] = Float(float)
			}
		}
		if v, ok, _ := p.Evaluate(args, nil); ok && (math.IsNaN(v.Float) || math.IsInf(v.Float, 0)) {
			t.Fatalf("%q is %v", text, v.Float)
		}
	})
}
