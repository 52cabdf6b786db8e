package prove_test

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/kreds/kreds/collect"
	"github.com/kreds/kreds/demo"
	"github.com/kreds/kreds/prove"
)

// line is one invoice line of the bundled data with a customer.
type line struct {
	customer, invoice string
	at                time.Time // local
	amount            float64
}

// lines reads the bundled file, by plain loops: what kreds says is held to it.
var lines = sync.OnceValues(func() ([]line, error) {
	_, contents := demo.OnlineRetail()
	z, err := gzip.NewReader(contents)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(z)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, h := range header {
		at[strings.Clone(h)] = i
	}
	var out []line
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if row[at["CustomerID"]] == "" {
			continue
		}
		when, err := time.Parse("2006-01-02 15:04:05", row[at["InvoiceDate"]])
		if err != nil {
			return nil, err
		}
		n, err := strconv.ParseFloat(row[at["Quantity"]], 64)
		if err != nil {
			return nil, err
		}
		price, err := strconv.ParseFloat(row[at["UnitPrice"]], 64)
		if err != nil {
			return nil, err
		}
		out = append(out, line{strings.Clone(row[at["CustomerID"]]), strings.Clone(row[at["InvoiceNo"]]), when, n * price})
	}
})

// retail is a workspace with the bundled data; its tests share it and save no segments
// of the same name.
func retail(t testing.TB) *world {
	t.Helper()
	w := open(t, "Europe/Copenhagen")
	name, contents := demo.OnlineRetail()
	b, err := io.ReadAll(contents)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	importer := collect.New(w.engine, w.state, w.clock, collect.Options{Rejects: t.TempDir(), Workers: 2})
	for _, r := range []collect.Request{
		{
			Files: []string{path}, As: "events:purchase", ID: "CustomerID", Time: "InvoiceDate", Order: "InvoiceNo",
			Compute: []collect.Computed{{Name: "amount", Formula: "quantity * unit_price"}},
		},
		{Files: []string{path}, As: "customers", ID: "CustomerID", Time: "InvoiceDate", Map: map[string]string{"*": "", "Country": "country"}},
	} {
		if _, err := importer.Import(t.Context(), r, nil); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// counted is what the loops say of a rule at a date.
type counted struct {
	population, members          int64
	share, mean, others          float64
	boughtMembers, boughtOthers  int64
	revenueMembers, revenueTotal float64
}

// count goes through the lines: a member has at least five invoices that are no
// cancellations in the year before the date.
func count(t *testing.T, date time.Time, until time.Time) counted {
	t.Helper()
	all, err := lines()
	if err != nil {
		t.Fatal(err)
	}
	seen, invoices := map[string]bool{}, map[string]map[string]bool{}
	before, after, bought := map[string]float64{}, map[string]float64{}, map[string]bool{}
	year := date.AddDate(-1, 0, 0)
	for _, l := range all {
		switch {
		case l.at.Before(date):
			seen[l.customer] = true
			if l.at.Before(year) {
				continue
			}
			before[l.customer] += l.amount
			if !strings.HasPrefix(l.invoice, "C") {
				if invoices[l.customer] == nil {
					invoices[l.customer] = map[string]bool{}
				}
				invoices[l.customer][l.invoice] = true
			}
		case l.at.Before(until):
			after[l.customer] += l.amount
			bought[l.customer] = true
		}
	}
	var c counted
	for customer := range seen {
		c.population++
		c.revenueTotal += before[customer]
		if len(invoices[customer]) >= 5 {
			c.members++
			c.mean += after[customer]
			c.revenueMembers += before[customer]
			if bought[customer] {
				c.boughtMembers++
			}
		} else {
			c.others += after[customer]
			if bought[customer] {
				c.boughtOthers++
			}
		}
	}
	c.share = float64(c.members) / float64(c.population)
	c.mean /= float64(c.members)
	c.others /= float64(c.population - c.members)
	return c
}

const loyal = `did purchase where (not invoice_no starts with "C") at least 5 times within last 12 months`

func near(got, want, tolerance float64) bool { return math.Abs(got-want) <= tolerance }

// TestRetail holds the figures of proofs to plain counting in the file.
func TestRetail(t *testing.T) {
	w := retail(t)
	w.create(t, "Loyal", loyal)
	q := prove.Request{Segments: []string{"loyal"}, Horizon: "90 days", From: w.day(t, "2011-03-09"), Every: "1 month"}
	p, err := w.Prove(t.Context(), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	rates := q
	rates.Outcome = "did purchase"
	r, err := w.Prove(t.Context(), rates, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Outcome != "sum(amount) of purchase" || p.Rate || !r.Rate || len(p.Dates) != 10 || len(p.Segments) != 1 {
		t.Fatalf("outcome %s, %d dates, %d segments", p.Outcome, len(p.Dates), len(p.Segments))
	}
	compared := 0
	for i, pt := range p.Segments[0].Points {
		date := time.Date(2011, time.March+time.Month(i), 10, 0, 0, 0, 0, time.UTC)
		c := count(t, date, date.AddDate(0, 0, 90))
		if pt.Members != c.members || pt.Population != c.population || !near(pt.Share, c.share, 1e-12) {
			t.Errorf("%s: %d of %d members, counted %d of %d", date.Format(time.DateOnly), pt.Members, pt.Population, c.members, c.population)
		}
		if !near(*pt.RevenueShare, c.revenueMembers/c.revenueTotal, 1e-9) {
			t.Errorf("%s: share of revenue %v, counted %v", date.Format(time.DateOnly), *pt.RevenueShare, c.revenueMembers/c.revenueTotal)
		}
		if date.AddDate(0, 0, 90).After(time.Date(2011, 12, 10, 0, 0, 0, 0, time.UTC)) {
			if pt.Outcome != nil {
				t.Errorf("%s: the outcome is known before it is", date.Format(time.DateOnly))
			}
			continue
		}
		compared++
		o := pt.Outcome
		if !near(o.Members.Value, c.mean, 1e-6) || !near(o.Others.Value, c.others, 1e-6) || !near(o.Difference.Value, c.mean-c.others, 1e-6) || !near(o.Lift.Value, c.mean/c.others, 1e-9) {
			t.Errorf("%s: %v against %v, counted %v against %v", date.Format(time.DateOnly), o.Members.Value, o.Others.Value, c.mean, c.others)
		}
		for _, f := range []prove.Figure{o.Members, o.Others, o.Difference, *o.Lift} {
			if !(f.Low < f.Value && f.Value < f.High) {
				t.Errorf("%s: %+v", date.Format(time.DateOnly), f)
			}
		}
		x := r.Segments[0].Points[i].Outcome
		if want := float64(c.boughtMembers) / float64(c.members); x.Members.Value != want || x.Members.N != c.members {
			t.Errorf("%s: %+v of members bought, counted %v", date.Format(time.DateOnly), x.Members, want)
		}
		if want := float64(c.boughtOthers) / float64(c.population-c.members); x.Others.Value != want {
			t.Errorf("%s: %v of others bought, counted %v", date.Format(time.DateOnly), x.Others.Value, want)
		}
	}
	s := p.Segments[0].Summary
	if compared != 7 || s.Dates != 7 || s.Standing != prove.Confirmed || s.Clear != 7 || s.Higher != 7 {
		t.Errorf("%d dates compared: %+v", compared, s)
	}
	t.Logf("%s %+v; %.2f s", s.Text, s, p.Seconds)
}
