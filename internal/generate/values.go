package generate

import (
	"time"

	"github.com/kreds/kreds"
)

// texts are what columns of text hold; others hold words.
var texts = map[string][]string{
	"country": {"DK", "DK", "SE", "NO", "DE", "US", "dk", "Færøerne"},
	"city":    {"Aarhus", "Århus", "AARHUS", "København", "Malmö", "STRASSE", "Straße", "Kiel", "ΣΊΣΥΦΟΣ", "σίσυφος", "ı", "naïve café"},
	"plan":    {"free", "silver", "gold", "gold"},
	"tier":    {"a", "b", "c"},
	"first":   {"Anna", "Bo", `o"b`, `back\slash`, "李", "anna", "🙂"},
	"email":   {"a@example.dk", "B@EXAMPLE.com", "c@mail.se"},
	"phone":   {"+45 11 22", "+46 1", "0045"},
	"address": {"Vej 1", "Gade 2"},
	"product": {"p1", "p2", "p3", "Straße", "A", "a", "å", "gone"},
	"invoice": {"i1", "i2", "i3", "i4"},
	"device":  {"phone", "desktop", "Phone"},

	"consent.email": {"given", "given", "withdrawn", "Given"},
	"consent.sms":   {"given", "withdrawn"},
	"consent.post":  {"given"},
	"industry":      {"62", "6201", "63", "47", "Handel"},
	"category":      {"wine", "Wine", "beer", "øl"},
}

var words = []string{"tea", "Tea", "wine", "beer", "øl", "", "a,b", `q"q`, "x.y"}

func (b *builder) value(c Column) kreds.Value {
	v := kreds.Value{Type: c.Type}
	switch c.Type {
	case kreds.Number:
		v.Num = b.number(c)
	case kreds.Text:
		pool := texts[c.Name]
		if pool == nil {
			pool = words
		}
		v.Text = pool[b.rng.IntN(len(pool))]
	case kreds.Boolean:
		v.Bool = b.rng.IntN(2) == 0
		if c.Name == Objection {
			v.Bool = b.rng.IntN(3) == 0
		}
	case kreds.Date:
		v.Day = b.date(c)
	case kreds.Instants:
		v.Instant = moment(b.rng, b.World, 0, days)
	case kreds.List:
		v.List = []string{}
		for range b.rng.IntN(4) {
			v.List = append(v.List, words[b.rng.IntN(len(words))])
		}
	case kreds.Location:
		v.Point = b.point()
	}
	return v
}

func (b *builder) number(c Column) float64 {
	n := func(below int) float64 { return float64(b.rng.IntN(below)) }
	if !c.Exact {
		switch b.rng.IntN(4) {
		case 0:
			return n(20) / 10
		case 1:
			return n(5)
		}
		return n(300) / 97
	}
	switch c.Name {
	case "age":
		return 18 + n(25)
	case "qty", "page", "excitement_a_challenge":
		return n(4) - 1
	case "trip":
		return n(6)
	case "employees":
		return 5 * n(12)
	}
	// Money, with cents that binary fractions do not have.
	return (n(400) - 40) / 10 * [...]float64{1, 1, 5}[b.rng.IntN(3)]
}

// date is the day of a moment, or for birthdays and such long before; the 29th of
// February now and then.
func (b *builder) date(c Column) kreds.Day {
	m := moment(b.rng, b.World, 0, days)
	switch c.Name {
	case "birthday", "founded":
		if b.rng.IntN(5) == 0 {
			return kreds.DayOf(1960+4*b.rng.IntN(12), 2, 29)
		}
		return kreds.DayOf(1960+b.rng.IntN(45), time.Month(1+b.rng.IntN(12)), 1+b.rng.IntN(31))
	case "renewal", "travel_date":
		return b.dayOf(m) + kreds.Day(b.rng.IntN(300)-60)
	}
	return b.dayOf(m)
}

func (b *builder) point() kreds.Point {
	switch b.rng.IntN(6) {
	case 0:
		return b.Places[b.rng.IntN(len(b.Places))].Point
	case 1:
		return kreds.PointOf(-17.7+b.rng.Float64()/10, -179.99+b.rng.Float64()/10)
	}
	return kreds.PointOf(55+2*b.rng.Float64(), 10+b.rng.Float64())
}
