package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/audience"
)

// ProfilePage is some profiles in an order.
type ProfilePage struct {
	AsOf     string       `json:"as_of" doc:"RFC 3339"`
	Total    int64        `json:"total" doc:"How many profiles were found in all"`
	Profiles []ProfileRow `json:"profiles"`
	Value    string       `json:"value,omitempty" doc:"What counts as value, where it is shown: sum(amount) of purchase"`
	Purchase string       `json:"purchase,omitempty" doc:"What counts as a purchase, where it is shown"`
}

// ProfileRow is one profile of a page. What was not asked for, or is not known, is absent.
type ProfileRow struct {
	Key          string           `json:"key"`
	Traits       map[string]Value `json:"traits,omitempty" doc:"The traits asked for, null where unknown"`
	Value        *float64         `json:"value,omitempty" doc:"What purchases were worth until as_of"`
	Purchases    *float64         `json:"purchases,omitempty" doc:"How many purchases there were until as_of"`
	LastPurchase Value            `json:"last_purchase,omitempty" doc:"RFC 3339"`
	FirstSeen    Value            `json:"first_seen,omitempty" doc:"RFC 3339"`
	Company      string           `json:"company,omitempty" doc:"Key of a person's company"`
	Persons      *float64         `json:"persons,omitempty" doc:"How many persons a company has"`
	Segments     []string         `json:"segments,omitempty" doc:"Those that its last refresh found it in"`
}

type profileListRequest struct {
	Search     string   `query:"search" maxLength:"200" doc:"Part of the key or of a text of the profile, without regard to case; all if empty"`
	Subject    string   `query:"subject" enum:"persons,companies,prospects,prospect companies" default:"persons"`
	Segment    string   `query:"segment" doc:"Only those that the last refresh of the segment found"`
	Company    string   `query:"company" doc:"Only persons of the company with this key"`
	Traits     []string `query:"traits" maxItems:"100" doc:"Traits to give beside the key, with commas"`
	Figures    []string `query:"figures" maxItems:"20" doc:"Figures to give beside the key, with commas: value, purchases, last_purchase, first_seen, company, persons, segments"`
	Sort       string   `query:"sort" doc:"A figure or a trait, in back quotes where a figure has the same name; of equals, and without it, the smaller key comes first. Profiles of which it is not known come last"`
	Descending bool     `query:"descending" doc:"The greatest first"`
	AsOf       string   `query:"as_of" doc:"RFC 3339, or a date, which means the end of that day; the default is now"`
	Limit      int      `query:"limit" minimum:"1" maximum:"1000" default:"50"`
	Offset     int      `query:"offset" minimum:"0" maximum:"1000000000" doc:"How many to pass over"`
}

func (h *handler) profileListRoutes() {
	op := operation(kreds.Viewer, http.MethodGet, "/profiles", "profiles", "Profiles", "Profiles, found, chosen and sorted")
	op.Description = "What counts as a purchase and as value is the workspace's setting or found by usual names; of companies it is what they and their persons bought. " +
		"Of viewers, contact details are neither searched nor sorted by."
	route(h, op, func(ctx context.Context, in *profileListRequest) (*body[*ProfilePage], error) {
		return answerOf(h.profileList(ctx, in))
	})
}

func (h *handler) profileList(ctx context.Context, in *profileListRequest) (*ProfilePage, error) {
	began := h.clock()
	q := audience.ListRequest{
		Text: in.Search, Segment: in.Segment, Traits: in.Traits, Sort: in.Sort, Descending: in.Descending, Offset: in.Offset, Limit: in.Limit,
	}
	for _, f := range in.Figures {
		q.Figures = append(q.Figures, audience.Figure(f))
	}
	var err error
	if q.Subject, err = subjectOf(in.Subject); err != nil {
		return nil, err
	}
	cal, at, err := h.moment(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	q.AsOf = at
	sees, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	q.Company = sees.actual(in.Company)
	if sees != nil {
		if sees.hides(strings.Trim(in.Sort, "`")) {
			return nil, kreds.Errorf(kreds.CodeForbidden, "%s is a contact detail, which viewers do not see", in.Sort).WithHint("sort by something else")
		}
		// What is not seen is not looked into: contact details could be guessed letter by
		// letter. A handle stands for one key, and is found whole.
		q.Key = sees.actual(in.Search)
		q.ShowsKey = func(key string) bool { return sees.key(key) == key || q.Key != in.Search && key == q.Key }
		q.Trait = func(t kreds.Trait) bool { return !sees.hides(t.Name) }
	}
	l, err := h.audience.List(ctx, q)
	if err != nil {
		return nil, err
	}
	h.metrics.evaluation.WithLabelValues("list").Observe(since(h.clock, began))
	page := &ProfilePage{AsOf: instant(q.AsOf, cal), Total: l.Total, Profiles: []ProfileRow{}, Value: l.Purchase.Value, Purchase: l.Purchase.Of}
	for _, r := range l.Rows {
		row := ProfileRow{Key: sees.key(r.Key), Segments: r.Segments}
		if len(in.Traits) > 0 {
			row.Traits = map[string]Value{}
			for i, name := range in.Traits {
				row.Traits[name] = sees.value(name, valueOf(r.Values[i], cal))
			}
		}
		for f, v := range r.Figures {
			switch f {
			case audience.FigureValue:
				row.Value = &v.Num
			case audience.FigurePurchases:
				row.Purchases = &v.Num
			case audience.FigureLastPurchase:
				row.LastPurchase = valueOf(v, cal)
			case audience.FigureFirstSeen:
				row.FirstSeen = valueOf(v, cal)
			case audience.FigureCompany:
				row.Company = sees.key(v.Text)
			case audience.FigurePersons:
				row.Persons = &v.Num
			}
		}
		page.Profiles = append(page.Profiles, row)
	}
	return page, nil
}
