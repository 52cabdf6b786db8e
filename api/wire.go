package api

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// instant writes an instant in the workspace's time zone as RFC 3339.
func instant(t kreds.Instant, c *segment.Calendar) string {
	return t.Time().In(c.Location()).Format(time.RFC3339Nano)
}

// stamp writes the time at which something was done; "" if it was not.
func stamp(t time.Time, c *segment.Calendar) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.Location()).Truncate(time.Millisecond).Format(time.RFC3339Nano)
}

// Value is a typed value in JSON: a number, text, true or false, a date as
// "2011-12-09", an instant in RFC 3339, a list of texts, a place as lat and
// lon, a duration in seconds; null where it is unknown.
type Value any

func valueOf(v kreds.Value, c *segment.Calendar) Value {
	switch v.Type {
	case kreds.Number, kreds.Span:
		return v.Num
	case kreds.Text:
		return v.Text
	case kreds.Boolean:
		return v.Bool
	case kreds.Date:
		return v.Day.String()
	case kreds.Instants:
		switch v.Instant {
		case kreds.MinInstant, kreds.MaxInstant:
			return nil
		}
		return instant(v.Instant, c)
	case kreds.List:
		if v.List == nil {
			return []string{}
		}
		return v.List
	case kreds.Location:
		lat, lon := v.Point.Degrees()
		return map[string]float64{"lat": lat, "lon": lon}
	default:
		return nil
	}
}

func valuesOf(vs []kreds.Value, c *segment.Calendar) []Value {
	out := make([]Value, len(vs))
	for i, v := range vs {
		out[i] = valueOf(v, c)
	}
	return out
}

// Tree is the JSON form of an expression; /api/v1/expressions/schema describes
// it.
type Tree = json.RawMessage

// Expression is an expression in its two forms.
type Expression struct {
	Text       string   `json:"text" doc:"The expression in printed form"`
	Subject    string   `json:"subject" enum:"persons,companies,prospects,prospect companies" doc:"What the expression is about"`
	Tree       Tree     `json:"tree" doc:"The expression as a tree; /api/v1/expressions/schema describes it"`
	References []string `json:"references" doc:"Segments that the expression refers to"`
}

func expressionOf(e *segment.Expr) (*Expression, error) {
	tree, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	refs := segment.References(e)
	if refs == nil {
		refs = []string{}
	}
	return &Expression{Text: e.String(), Subject: e.Subject.String(), Tree: tree, References: refs}, nil
}

// Import is one entry of the ledger of imports.
type Import struct {
	ID       int64    `json:"id"`
	State    string   `json:"state" enum:"pending,committed,undone" doc:"Only what committed imports brought is seen"`
	As       string   `json:"as" doc:"What the rows became: customers, companies, prospects, prospect companies, items or events:NAME"`
	Files    []string `json:"files"`
	Rows     int64    `json:"rows" doc:"Rows taken"`
	Rejected int64    `json:"rejected" doc:"Rows that could not be taken"`
	Created  int64    `json:"created" doc:"Profiles that were new"`
	Started  string   `json:"started" doc:"RFC 3339"`
	Ended    string   `json:"ended,omitempty" doc:"RFC 3339"`
}

// importOf leaves out where uploads were kept.
func (w *Workspace) importOf(i kreds.Import, c *segment.Calendar) Import {
	files := []string{}
	for _, f := range i.Files {
		if strings.HasPrefix(f, w.uploads()+string(filepath.Separator)) {
			f = filepath.Base(f)
		}
		files = append(files, f)
	}
	return Import{
		ID: int64(i.ID), State: string(i.State), As: i.As, Files: files,
		Rows: i.Rows, Rejected: i.Rejected, Created: i.Created,
		Started: stamp(i.Started, c), Ended: stamp(i.Ended, c),
	}
}

// Segment is a named group of profiles with its definition and the outcome of
// its last refresh.
type Segment struct {
	Name        string   `json:"name"`
	Description string   `json:"description" say:"note"`
	Owner       string   `json:"owner"`
	Tags        []string `json:"tags" say:"note"`
	Subject     string   `json:"subject" enum:"persons,companies,prospects,prospect companies"`
	Source      string   `json:"source" enum:"rule,list,model" doc:"Where members come from"`
	Version     int      `json:"version" doc:"Number of the current version, from 1"`
	Expression  string   `json:"expression,omitempty" doc:"The current definition; absent unless source is rule"`
	Created     string   `json:"created" doc:"RFC 3339"`
	Updated     string   `json:"updated" doc:"RFC 3339"`
	Defined     string   `json:"defined" doc:"RFC 3339; when the current version was saved"`
	Archived    string   `json:"archived,omitempty" doc:"RFC 3339; when it was put away, absent unless it is: it is not listed and not refreshed with the others, what refers to it goes on"`
	Run         *Run     `json:"run,omitempty" doc:"The last refresh that succeeded"`
	Failed      *Run     `json:"failed,omitempty" doc:"The last refresh, if it failed; the members are those of run"`
}

func segmentOf(s kreds.Segment, c *segment.Calendar) Segment {
	return Segment{
		Name: s.Name, Description: s.Description, Owner: s.Owner, Tags: some(s.Tags),
		Subject: s.Subject.String(), Source: string(s.Source), Version: s.Version, Expression: s.Expression,
		Created: stamp(s.Created, c), Updated: stamp(s.Updated, c), Defined: stamp(s.Defined, c), Archived: stamp(s.Archived, c),
	}
}

// Version is one saved definition of a segment.
type Version struct {
	Number     int    `json:"number"`
	Expression string `json:"expression"`
	Author     string `json:"author,omitempty"`
	Note       string `json:"note,omitempty" say:"note"`
	Saved      string `json:"saved" doc:"RFC 3339; in force from then on, the first one also before"`
}

func versionOf(v kreds.Version, c *segment.Calendar) Version {
	return Version{Number: v.Number, Expression: v.Expression, Author: v.Author, Note: v.Note, Saved: stamp(v.Saved, c)}
}

// Run is one refresh of a segment.
type Run struct {
	ID      int64   `json:"id"`
	Segment string  `json:"segment"`
	Version int     `json:"version"`
	AsOf    string  `json:"as_of" doc:"RFC 3339"`
	Started string  `json:"started" doc:"RFC 3339"`
	Seconds float64 `json:"seconds"`
	Members int64   `json:"members"`
	Joined  int64   `json:"joined" doc:"Members that were none in the run before"`
	Left    int64   `json:"left" doc:"Members of the run before that are none any more"`
	Error   string  `json:"error,omitempty" say:"text" doc:"Why it failed; the members of the run before stay"`
}

func runOf(name string, r kreds.Run, c *segment.Calendar) Run {
	return Run{
		ID: r.ID, Segment: name, Version: r.Version, AsOf: instant(r.AsOf, c), Started: stamp(r.Started, c),
		Seconds: r.Seconds, Members: r.Members, Joined: r.Joined, Left: r.Left, Error: r.Error,
	}
}

// some makes an absent list an empty one, so that JSON has [] and not null.
func some[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// subjectOf is the inverse of Subject.String; "" means persons.
func subjectOf(s string) (kreds.Subject, error) {
	if s == "" {
		return kreds.Persons, nil
	}
	for _, k := range []kreds.Subject{kreds.Persons, kreds.Companies, kreds.Prospects, kreds.ProspectCompanies} {
		if strings.EqualFold(s, k.String()) {
			return k, nil
		}
	}
	return 0, kreds.Errorf(kreds.CodeInvalid, "unknown subject %q", cut(s, 40)).
		WithHint("it is persons, companies, prospects or prospect companies")
}

func kindOf(s string) (kreds.Kind, error) {
	switch strings.ToLower(s) {
	case "", "person":
		return kreds.Person, nil
	case "company":
		return kreds.Company, nil
	}
	return 0, kreds.Errorf(kreds.CodeInvalid, "unknown kind %q", cut(s, 40)).WithHint("it is person or company")
}
