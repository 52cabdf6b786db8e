package generate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/kreds/kreds"
)

// Options say what kind of world to make.
type Options struct {
	// Untied worlds have no two observations of a profile, and no two rows of an
	// item, at the same instant, so that the order of arrival says nothing.
	Untied bool
	// Zone and the year in which the data begins; Copenhagen and 2023 if not set.
	Zone *time.Location
	Year int
	// Persons and Companies are how many keys there are about; 36 and 10 if 0.
	Persons, Companies int
}

// days is how much time the data spans.
const days = 620

// builder makes one world.
type builder struct {
	*World
	rng     *rand.Rand
	o       Options
	persons []string
	firms   []string
	early   int // how many firms were created before the data begins
}

// New makes the world of a seed.
func New(seed uint64, o Options) *World {
	if o.Zone == nil {
		o.Zone = mustLoad("Europe/Copenhagen")
	}
	if o.Year == 0 {
		o.Year = 2023
	}
	if o.Persons == 0 {
		o.Persons = 36
	}
	if o.Companies == 0 {
		o.Companies = 10
	}
	b := &builder{World: &World{Zone: o.Zone}, rng: rand.New(rand.NewPCG(seed, 7)), o: o}
	from := time.Date(o.Year, 9, 1, 0, 0, 0, 0, o.Zone)
	b.From, b.To = kreds.InstantOf(from), kreds.InstantOf(from.AddDate(0, 0, days))
	b.columns()
	b.keys()
	b.Imports = make([]Import, 4)
	b.Lists = map[string][]string{
		"North": {"DK", "SE", "Færøerne"}, "cheap numbers": {"1", "20", " 30 ", "2.5", "x"}, "shelf": {"p1", "p2", "Straße", "A"},
	}
	b.Places = []kreds.Place{
		{Name: "Aarhus store", Point: kreds.PointOf(56.1572, 10.2107)},
		{Name: "Odense", Point: kreds.PointOf(55.4038, 10.4024)},
		{Name: "Fiji", Point: kreds.PointOf(-17.7, 179.99)},
	}
	b.items()
	b.profiles()
	b.events()
	b.segments()
	return b.World
}

func mustLoad(zone string) *time.Location {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(err) // tests have the zones of the system or of Go
	}
	return loc
}

// columns sets what there is of traits, events and items.
func (b *builder) columns() {
	col := func(t kreds.Type, names ...string) (out []Column) {
		for _, n := range names {
			out = append(out, Column{Name: n, Label: n, Type: t, Exact: true})
		}
		return out
	}
	inexact := func(name string) Column { return Column{Name: name, Label: name, Type: kreds.Number} }
	join := func(groups ...[]Column) (out []Column) {
		for _, g := range groups {
			out = append(out, g...)
		}
		return out
	}
	b.Traits[kreds.Person] = join(
		col(kreds.Number, "age", "budget", "spend"),
		[]Column{inexact("score.churn"), {Name: "excitement_a_challenge", Label: "Excitement, a challenge", Type: kreds.Number, Exact: true}},
		col(kreds.Text, "country", "city", "plan", "first", "email", "phone", "address", "consent.email", "consent.sms", "consent.post"),
		col(kreds.Boolean, "vip", "newsletter", "suppressed", "suppressed.email", Objection),
		col(kreds.Date, "birthday", "renewal"), col(kreds.Instants, "signup", "last_login"),
		col(kreds.List, "interests", "skills"), col(kreds.Location, "home"),
	)
	b.Traits[kreds.Company] = join(
		col(kreds.Number, "employees", "age"), []Column{inexact("revenue")}, col(kreds.Text, "industry", "country", "tier", "email", "consent.email"),
		col(kreds.Boolean, "active", Objection), col(kreds.Date, "founded"), col(kreds.Instants, "audited"),
		col(kreds.List, "tags"), col(kreds.Location, "hq"),
	)
	b.Events = []EventType{
		{Name: "purchase", Label: "Purchases", Occasion: "invoice", Properties: join(
			col(kreds.Number, "amount", "qty"), []Column{inexact("weight")}, col(kreds.Text, "product", "invoice", "note"), col(kreds.Boolean, "gift"),
			col(kreds.Date, "delivered"), col(kreds.Instants, "paid_at"), col(kreds.List, "labels"), col(kreds.Location, "shop"))},
		{Name: "view", Label: "view", Properties: join(col(kreds.Text, "product", "device"), []Column{inexact("seconds")}, col(kreds.Boolean, "gift"))},
		{Name: "return", Label: "return", Properties: join(col(kreds.Number, "amount"), col(kreds.Text, "product"))},
		{Name: "visit", Label: "visit", Properties: join(col(kreds.Text, "device"), col(kreds.Number, "page"))},
		{Name: "booking", Label: "booking", Occasion: "trip", Properties: join(col(kreds.Number, "trip", "price"), col(kreds.Date, "travel_date"), col(kreds.Text, "product"))},
		{Name: "antal_køb", Label: "Antal køb"},
	}
	b.Facts = join(col(kreds.Text, "category"), col(kreds.Number, "price"), []Column{inexact("mass")}, col(kreds.Boolean, "organic"),
		col(kreds.Date, "released"), col(kreds.Instants, "restocked"), col(kreds.List, "labels"), col(kreds.Location, "made_in"))
}

var oddKeys = []string{"Åse Ø", "P01", "o'brien", "名前", "a b", "🙂🙂", `x"y`, "p", "zzz", "İstanbul"}

func (b *builder) keys() {
	b.persons = append(b.persons, oddKeys[:min(len(oddKeys), b.o.Persons/3)]...)
	for i := len(b.persons); i < b.o.Persons; i++ {
		b.persons = append(b.persons, fmt.Sprintf("p%02d", i))
	}
	b.firms = append(b.firms, "p01", "Ålborg A/S")
	for i := len(b.firms); i < b.o.Companies; i++ {
		b.firms = append(b.firms, fmt.Sprintf("c%d", i))
	}
	b.early = len(b.firms) / 2
}

// moment is an instant of the data: often a midnight, a change of summer time, the
// end of a month or a whole hour.
func (b *builder) moment() kreds.Instant {
	return moment(b.rng, b.World, 0, days)
}

// moment is an instant on the days from first to last after the world begins.
func moment(rng *rand.Rand, w *World, first, last int) kreds.Instant {
	begin := w.From.Time().In(w.Zone)
	day := begin.AddDate(0, 0, first+rng.IntN(last-first))
	y, m, d := day.Date()
	switch rng.IntN(12) {
	case 0, 1:
		return kreds.InstantOf(time.Date(y, m, d, 0, 0, 0, 0, w.Zone))
	case 2, 3:
		// Around the next change of the clocks.
		_, end := day.ZoneBounds()
		if !end.IsZero() && end.Before(w.To.Time().AddDate(0, 3, 0)) {
			return kreds.InstantOf(end.Add(time.Duration(rng.IntN(9)-4) * 30 * time.Minute))
		}
	case 4:
		// The last day of a month, often the 29th of February.
		if rng.IntN(3) == 0 {
			m = time.February
		}
		return kreds.InstantOf(time.Date(y, m+1, 0, rng.IntN(24), 0, 0, 0, w.Zone))
	case 5, 6:
		return kreds.InstantOf(time.Date(y, m, d, rng.IntN(24), 0, 0, 0, w.Zone))
	}
	return kreds.InstantOf(time.Date(y, m, d, rng.IntN(24), rng.IntN(60), rng.IntN(60), rng.IntN(1e6)*1000, w.Zone))
}

// dayOf is the local day of an instant.
func (w *World) dayOf(t kreds.Instant) kreds.Day { return kreds.DayOf(t.Time().In(w.Zone).Date()) }

// midnight is the first instant of the day that holds the instant.
func (w *World) midnight(t kreds.Instant) kreds.Instant {
	l := t.Time().In(w.Zone)
	y, m, d := l.Date()
	// The first instant that is of the day: summer time may skip midnight.
	at := time.Date(y, m, d, 12, 0, 0, 0, w.Zone).Add(-26 * time.Hour)
	for at.In(w.Zone).Day() != d {
		at = at.Add(30 * time.Minute)
	}
	return kreds.InstantOf(at)
}

func (b *builder) items() {
	for _, key := range []string{"p1", "p2", "p3", "Straße", "A", "å"} {
		rows := 1
		if !b.o.Untied {
			rows += b.rng.IntN(2)
		}
		for range rows {
			it := Item{Key: key, Facts: map[string]kreds.Value{}}
			for _, c := range b.Facts {
				if b.rng.IntN(5) > 0 {
					it.Facts[c.Name] = b.value(c)
				}
			}
			to := &b.Imports[b.rng.IntN(len(b.Imports))]
			to.Items = append(to.Items, it)
		}
	}
}

// traits are values of some of the columns.
func (b *builder) traits(kind kreds.Kind, share float64) map[string]kreds.Value {
	out := map[string]kreds.Value{}
	for _, c := range b.Traits[kind] {
		p := share
		switch c.Name {
		case Objection:
			p = share / 8
		case "suppressed", "suppressed.email":
			p = share / 2
		}
		if b.rng.Float64() < p {
			out[c.Name] = b.value(c)
		}
	}
	return out
}

// profiles makes the rows of profiles: for most one without a date or with the
// date of creation, and later observations.
func (b *builder) profiles() {
	put := func(i int, p Profile) { b.Imports[i].Profiles = append(b.Imports[i].Profiles, p) }
	row := func(kind kreds.Kind, key string, prospect bool, share float64) Profile {
		return Profile{Kind: kind, Key: key, Prospect: prospect, Observed: kreds.MinInstant, Created: kreds.MinInstant, Traits: b.traits(kind, share)}
	}
	for kind, keys := range [2][]string{b.persons, b.firms} {
		kind := kreds.Kind(kind)
		for n, key := range keys {
			used := map[kreds.Instant]bool{}
			prospect := b.rng.IntN(4) == 0
			early := kind == kreds.Company && n < b.early
			if b.rng.IntN(10) > 0 || early {
				p := row(kind, key, prospect, .65)
				if b.rng.IntN(2) == 0 {
					p.Created = moment(b.rng, b.World, 0, days*2/3)
				}
				if early {
					p.Created = b.From - 1
				}
				if kind == kreds.Person && b.rng.IntN(2) == 0 {
					p.Company = b.firms[b.rng.IntN(b.early)]
				}
				put(b.rng.IntN(2), p)
			}
			for range b.rng.IntN(5) {
				// Some who are prospects become customers.
				p := row(kind, key, prospect && b.rng.IntN(12) > 0, .3)
				p.Observed = b.moment()
				if !b.o.Untied && b.rng.IntN(6) == 0 {
					p.Observed = kreds.MinInstant
				}
				if b.o.Untied && (used[p.Observed] || p.Observed == kreds.MinInstant) {
					continue
				}
				used[p.Observed] = true
				if kind == kreds.Person && b.rng.IntN(3) == 0 && p.Observed != kreds.MinInstant {
					p.Company = b.firms[b.rng.IntN(len(b.firms))]
				}
				put(b.rng.IntN(len(b.Imports)), p)
				if !b.o.Untied && b.rng.IntN(6) == 0 {
					again := row(kind, key, prospect, .3)
					again.Observed = p.Observed
					put(b.rng.IntN(len(b.Imports)), again)
				}
			}
		}
	}
}

// events makes the rows of events: a few profiles have many, some none.
func (b *builder) events() {
	for kind, keys := range [2][]string{b.persons, b.firms} {
		for _, key := range append(slices.Clip(keys), "only events") {
			if b.rng.IntN(6) == 0 {
				continue
			}
			busy := 1 + b.rng.IntN(5)
			var instants []kreds.Instant // some of which events share
			for range 3 + 4*busy {
				instants = append(instants, b.moment())
			}
			for i := range b.Events {
				t := &b.Events[i]
				for range b.rng.IntN(2 + 2*busy) {
					b.event(t, kreds.Kind(kind), key, instants[b.rng.IntN(len(instants))])
				}
			}
		}
	}
}

func (b *builder) event(t *EventType, kind kreds.Kind, key string, at kreds.Instant) {
	e := Event{Type: t.Name, Kind: kind, Key: key, Time: at, Properties: map[string]kreds.Value{}}
	// Bookings have dates only, visits some.
	if t.Name == "booking" || t.Name == "visit" && b.rng.IntN(2) == 0 {
		e.DayOnly, e.Time = true, b.midnight(at)
	}
	for _, c := range t.Properties {
		if b.rng.IntN(7) > 0 {
			e.Properties[c.Name] = b.value(c)
		}
	}
	if v, ok := e.Properties[t.Occasion]; ok && b.rng.IntN(4) > 0 {
		// Most lines of an occasion are of one profile.
		switch v.Type {
		case kreds.Text:
			v.Text += " " + key
		default:
			v.Num += float64(len(key) * 10)
		}
		e.Properties[t.Occasion] = v
	}
	to := &b.Imports[b.rng.IntN(len(b.Imports))]
	to.Events = append(to.Events, e)
}
