package api

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"iter"
	"net/http"
	"strconv"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
	"github.com/kreds/kreds/segment"
)

// flushEvery is after how many members a stream sends what it has.
const flushEvery = 1000

func (h *handler) memberRoutes() {
	type ofSegment struct {
		Name      string   `path:"name" doc:"Of the segment, without regard to case"`
		AsOf      string   `query:"as_of" doc:"RFC 3339, or a date, which means the end of that day; the default is now"`
		Refreshed bool     `query:"refreshed" doc:"The members that the last good refresh found, with traits as they were then, instead of an evaluation"`
		Traits    []string `query:"traits" doc:"Traits to give beside the key, with commas"`
		Limit     int      `query:"limit" minimum:"0" doc:"At most so many; 0 for all, but 1000 in pages"`
		Cursor    string   `query:"cursor" doc:"Only members whose key comes after this one"`
		Format    string   `query:"format" enum:"ndjson,csv,json" default:"ndjson"`
	}
	kinds := []content{{ndjson, typeOf[Member]()}, {kind: "text/csv"}, {"application/json", typeOf[MemberPage]()}}
	const about = "In the order of keys, by the current definition. As lines of JSON (ndjson), each a Member; as CSV; or as one page (json), " +
		"a MemberPage whose next is the cursor of the next page."
	op := operation(kreds.Viewer, http.MethodGet, "/segments/{name}/members", "segment-members", "Segments", "The members of a segment")
	op.Description = about
	streamed(h, op, kinds, func(ctx context.Context, in *ofSegment, s *stream) error {
		return h.exported(ctx, "segment-members", in.Name, MembersRequest{
			AsOf: in.AsOf, Traits: in.Traits, Limit: in.Limit, Cursor: in.Cursor, Format: in.Format, refreshed: in.Refreshed,
		}, s)
	})

	type ofExpression struct{ Body MembersRequest }
	op = operation(kreds.Viewer, http.MethodPost, "/members", "members", "Evaluation", "The members of an expression")
	op.Description = about
	streamed(h, op, kinds, func(ctx context.Context, in *ofExpression, s *stream) error {
		return h.exported(ctx, "members", "", in.Body, s)
	})
}

// pagesOf is how many members a page may have that is looked at and not taken
// away.
const pagesOf = 100

// exported is members that writes into the audit log what is more than a look.
func (h *handler) exported(ctx context.Context, action, name string, r MembersRequest, s *stream) error {
	if r.Format != "json" || r.Limit == 0 || r.Limit > pagesOf {
		end, err := h.exporting(ctx, action, name)
		if err != nil {
			return err
		}
		defer func() { end(err) }()
		err = h.members(ctx, name, r, s)
		return err
	}
	return h.members(ctx, name, r, s)
}

func (h *handler) members(ctx context.Context, name string, r MembersRequest, s *stream) error {
	began := h.clock()
	cal, asOf, err := h.moment(ctx, r.AsOf)
	if err != nil {
		return err
	}
	sees, err := h.sees(ctx)
	if err != nil {
		return err
	}
	var rows iter.Seq2[audience.Row, error]
	if r.refreshed {
		if r.AsOf != "" {
			return kreds.Errorf(kreds.CodeInvalid, "the members of the last refresh are as of that refresh").WithHint("leave out either as_of or refreshed")
		}
		rows, err = h.audience.Refreshed(ctx, name, r.Traits, sees.actual(r.Cursor))
	} else {
		text, _, asked := h.question(ctx, name, r.Expression)
		if asked != nil {
			return asked
		}
		rows, err = h.audience.Rows(ctx, text, asOf, r.Traits, sees.actual(r.Cursor))
	}
	if err != nil {
		return err
	}
	h.metrics.evaluation.WithLabelValues("members").Observe(since(h.clock, began))
	limit := r.Limit
	var out memberWriter
	switch r.Format {
	case "csv":
		s.kind = csvTyp
		out = &csvMembers{w: csv.NewWriter(s), traits: r.Traits}
	case "json":
		s.kind = "application/json"
		if limit == 0 {
			limit = 1000
		}
		out = &pageMembers{s: s, page: MemberPage{Members: []Member{}}}
	default:
		s.kind = ndjson
		enc := json.NewEncoder(s)
		enc.SetEscapeHTML(false)
		out = &lineMembers{enc: enc}
	}
	n, more := 0, false
	for row, err := range rows {
		if err != nil {
			return err
		}
		if limit > 0 && n == limit {
			more = true
			break
		}
		n++
		if err := out.member(memberOf(row, r.Traits, cal, sees)); err != nil {
			return err
		}
		if n%flushEvery == 0 {
			s.flush()
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return out.end(more)
}

func memberOf(row audience.Row, traits []string, cal *segment.Calendar, sees *sight) (Member, []string) {
	m := Member{Key: sees.key(row.Key)}
	if len(traits) > 0 {
		m.Traits = make(map[string]Value, len(traits))
		for i, name := range traits {
			m.Traits[name] = sees.value(name, valueOf(row.Values[i], cal))
		}
	}
	return m, traits
}

// memberWriter writes members in one format.
type memberWriter interface {
	member(m Member, traits []string) error
	end(more bool) error
}

type lineMembers struct{ enc *json.Encoder }

func (l *lineMembers) member(m Member, _ []string) error { return l.enc.Encode(m) }
func (l *lineMembers) end(bool) error                    { return nil }

type pageMembers struct {
	s    *stream
	page MemberPage
}

func (p *pageMembers) member(m Member, _ []string) error {
	p.page.Members = append(p.page.Members, m)
	return nil
}

func (p *pageMembers) end(more bool) error {
	if more {
		p.page.Next = p.page.Members[len(p.page.Members)-1].Key
	}
	enc := json.NewEncoder(p.s)
	enc.SetEscapeHTML(false)
	return enc.Encode(p.page)
}

// csvMembers writes a header and a line per member; what is unknown is empty.
type csvMembers struct {
	w      *csv.Writer
	traits []string
	headed bool
}

func (c *csvMembers) head() error {
	if c.headed {
		return nil
	}
	c.headed = true
	return c.w.Write(append([]string{"key"}, c.traits...))
}

func (c *csvMembers) member(m Member, traits []string) error {
	if err := c.head(); err != nil {
		return err
	}
	row := []string{m.Key}
	for _, name := range traits {
		text, err := csvText(m.Traits[name])
		if err != nil {
			return err
		}
		row = append(row, text)
	}
	return c.w.Write(row)
}

func (c *csvMembers) end(bool) error {
	if err := c.head(); err != nil {
		return err
	}
	c.w.Flush()
	return c.w.Error()
}

// csvText writes a value as its JSON, texts without their quotes.
func csvText(v Value) (string, error) {
	switch x := v.(type) {
	case nil:
		return "", nil
	case string:
		return x, nil
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}
