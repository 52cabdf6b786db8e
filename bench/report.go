package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what was measured.
type report struct {
	counts    []countRow
	refresh   refreshRow
	estimates estimateRow
	discover  analysisRow
	prove     analysisRow
	imports   []importRow
	postgres  string // its settings
}

type countRow struct {
	name     string
	members  int64
	kreds    samples
	duckdb   []samples // by statement
	postgres []samples
}

type refreshRow struct {
	leaves, plain       int
	kreds, kredsPlain   samples
	duckdb, duckdbPlain samples
}

type estimateRow struct {
	asked, within  int
	share          float64
	counts, leaves samples
}

// analysisRow is a whole search for segments, or a whole proof.
type analysisRow struct {
	customers int64
	times     samples
}

type importRow struct {
	name   string
	times  samples
	memory int64 // the most bytes that the process held
}

func (s samples) sum() time.Duration {
	var t time.Duration
	for _, d := range s {
		t += d
	}
	return t
}

func (s samples) most() time.Duration {
	if len(s) == 0 {
		return 0
	}
	return slices.Max(s)
}

// best returns the median of the fastest statement.
func best(statements []samples) time.Duration {
	var out time.Duration
	for _, s := range statements {
		if m := s.median(); m > 0 && (out == 0 || m < out) {
			out = m
		}
	}
	return out
}

// shown returns a time for a table.
func shown(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d < time.Second:
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	default:
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
}

func ratio(a, b time.Duration) string {
	if a == 0 || b == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", a.Seconds()/b.Seconds())
}

// markdown returns the figures as tables.
func (r *report) markdown(b *bench) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s customers, as of %s; %s, %d processors, %s.\n",
		grouped(int64(b.world.Customers)), asOf, processor(), runtime.NumCPU(), runtime.Version())
	if len(r.counts) > 0 {
		r.countTable(&s, b)
	}
	if r.refresh.leaves > 0 {
		r.refreshTable(&s, b)
	}
	if r.estimates.asked > 0 {
		r.estimateTable(&s, b)
	}
	if r.discover.customers > 0 {
		d := r.discover
		section(&s, b, "Discover")
		fmt.Fprintf(&s, "| what | time |\n|---|--:|\n| segments of %s customers by recency, frequency and monetary value, k = 2 … 8, with stability | %s |\n", grouped(d.customers), shown(d.times.median()))
	}
	if p := r.prove; p.customers > 0 {
		section(&s, b, "Prove")
		fmt.Fprintf(&s, "| what | time |\n|---|--:|\n| %d segments of %s customers, monthly over a year, with intervals and simpler sets | %s |\n", len(proved), grouped(p.customers), shown(p.times.median()))
	}
	if len(r.imports) > 0 {
		r.importTable(&s, b)
	}
	return s.String()
}

// section begins a section of the figures.
func section(s *strings.Builder, b *bench, title string) {
	fmt.Fprintf(s, "%s%s\n\nMedians of %d runs.\n\n", sectionBegin, title, b.runs)
}

func (r *report) countTable(s *strings.Builder, b *bench) {
	section(s, b, "Ten counts")
	s.WriteString("| count | members | kreds | DuckDB SQL | kreds : SQL | PostgreSQL |\n|---|--:|--:|--:|--:|--:|\n")
	var kreds, duck, postgres samples
	for _, row := range r.counts {
		k, d, p := row.kreds.median(), best(row.duckdb), best(row.postgres)
		kreds, duck, postgres = append(kreds, k), append(duck, d), append(postgres, p)
		fmt.Fprintf(s, "| %s | %s | %s | %s | %s | %s |\n", row.name, grouped(row.members), shown(k), shown(d), ratio(k, d), shown(p))
	}
	fmt.Fprintf(s, "| **median** | | %s | %s | | %s |\n", shown(kreds.median()), shown(duck.median()), shown(postgres.median()))
	if r.postgres != "" {
		fmt.Fprintf(s, "\nPostgreSQL: indexed by (customer, time) and (time, customer), vacuumed and analysed, %s.\n", r.postgres)
	}
}

func (r *report) refreshTable(s *strings.Builder, b *bench) {
	f := r.refresh
	section(s, b, "Refresh")
	s.WriteString("| leaves | kreds | DuckDB SQL | SQL : kreds |\n|---|--:|--:|--:|\n")
	row := func(name string, k, d samples) {
		fmt.Fprintf(s, "| %s | %s | %s | %s |\n", name, shown(k.median()), shown(d.median()), ratio(d.median(), k.median()))
	}
	row(fmt.Sprintf("all %d", f.leaves), f.kreds, f.duckdb)
	row(fmt.Sprintf("the %d that are no sequences", f.plain), f.kredsPlain, f.duckdbPlain)
}

func (r *report) estimateTable(s *strings.Builder, b *bench) {
	e := r.estimates
	section(s, b, "Estimates")
	fmt.Fprintf(s, "| what | |\n|---|--:|\n| share of the profiles looked at, where not all are needed | %.1f %% |\n", 100*e.share)
	fmt.Fprintf(s, "| median time of the ten counts | %s |\n| longest of them | %s |\n", shown(e.counts.median()), shown(e.counts.most()))
	fmt.Fprintf(s, "| median time of the leaves | %s |\n| longest of them | %s |\n", shown(e.leaves.median()), shown(e.leaves.most()))
	fmt.Fprintf(s, "| exact count within the stated range, over several smaller worlds | %d of %d (%.1f %%) |\n", e.within, e.asked, 100*float64(e.within)/float64(e.asked))
}

func (r *report) importTable(s *strings.Builder, b *bench) {
	section(s, b, fmt.Sprintf("Import of %s CSV rows", grouped(int64(b.rows))))
	s.WriteString("| how | time | rows per second | speed : plain load | most memory |\n|---|--:|--:|--:|--:|\n")
	plain := r.imports[0].times.median()
	for _, row := range r.imports {
		t := row.times.median()
		fmt.Fprintf(s, "| %s | %s | %s | %s | %.2f GB |\n", row.name, shown(t), grouped(int64(float64(b.rows)/t.Seconds())), ratio(plain, t), float64(row.memory)/1e9)
	}
}

// grouped writes a number with commas.
func grouped(n int64) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// processor names the machine's processor, where the system tells.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(info)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				return strings.TrimSpace(value)
			}
		}
	}
	return runtime.GOARCH
}

// The marks in a document between which the figures stand.
const (
	figuresBegin = "<!-- figures: make bench BENCH='-write docs/performance.md' -->\n"
	figuresEnd   = "<!-- end of figures -->\n"
)

// replaceFigures puts the text between the marks of a file. The sections of parts
// that the text does not have stay as they are, so that parts can be measured at
// different times.
func replaceFigures(file, text string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(old), figuresBegin)
	figures, after, ok2 := strings.Cut(rest, figuresEnd)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no place for figures: %q … %q", file, strings.TrimSpace(figuresBegin), strings.TrimSpace(figuresEnd))
	}
	return os.WriteFile(file, []byte(before+figuresBegin+"\n"+merged(figures, text)+"\n"+figuresEnd+after), 0o644)
}

// sectionBegin begins each section of the figures; its first word names it.
const sectionBegin = "\n### "

// sectionOrder is how the sections follow each other.
var sectionOrder = []string{"Ten", "Refresh", "Estimates", "Discover", "Prove", "Import"}

// merged returns the new figures with those sections of the old ones that they
// lack.
func merged(old, text string) string {
	head, _, _ := strings.Cut(text, sectionBegin)
	have := map[string]string{}
	for _, figures := range []string{old, text} {
		_, rest, _ := strings.Cut(figures, sectionBegin)
		for section := range strings.SplitSeq(rest, sectionBegin) {
			name, _, _ := strings.Cut(section, " ")
			name, _, _ = strings.Cut(name, "\n")
			have[name] = sectionBegin + strings.TrimRight(section, "\n") + "\n"
		}
	}
	var out strings.Builder
	out.WriteString(head)
	for _, name := range sectionOrder {
		out.WriteString(have[name])
	}
	return out.String()
}
