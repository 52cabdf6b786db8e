package api

import (
	"context"
	"net/http"
	"time"

	"github.com/kreds/kreds"
)

// Movements is what changed in segments since an instant or since the refresh before.
type Movements struct {
	Since    string     `json:"since,omitempty" doc:"RFC 3339; absent if each segment is compared with its refresh before the last"`
	Segments []Movement `json:"segments" doc:"By name; without those that have no two refreshes to compare; of viewers those that have at least the small-cell size"`
	Flows    []Flow     `json:"flows" doc:"Largest first; of viewers those of at least the small-cell size"`
}

// Movement is how the members of a segment changed between two refreshes.
type Movement struct {
	Segment string `json:"segment"`
	Before  Run    `json:"before" doc:"The refresh that is compared with"`
	After   Run    `json:"after" doc:"The last one; the same as before if there was none since"`
	Joined  int64  `json:"joined" doc:"Members now that were none then"`
	Left    int64  `json:"left" doc:"Members then that are none now"`
}

// Flow is how many left one segment and joined another in the meantime.
type Flow struct {
	From      string `json:"from,omitempty" doc:"The segment that they left; absent if they left none"`
	To        string `json:"to,omitempty" doc:"The segment that they joined; absent if they joined none"`
	Customers int64  `json:"customers" doc:"Who left or joined several segments is in several flows"`
}

// maxFlows bounds the flows that are given: three hundred segments may have as many as
// their square.
const maxFlows = 500

func (h *handler) movementRoutes() {
	type when struct {
		Since string `query:"since" format:"date-time" doc:"Compare the last refresh with the one that was the last at this instant; the default is the refresh before"`
	}
	op := operation(kreds.Viewer, http.MethodGet, "/movements", "movements", "Evaluation", "Who joined and left segments, and from where to where")
	op.Description = "Compares the members of refreshes, which are kept of the last ten. If those of the one in question are not kept any more, it is the oldest that are."
	route(h, op, func(ctx context.Context, in *when) (*body[*Movements], error) {
		return answerOf(h.movements(ctx, in.Since))
	})
}

func (h *handler) movements(ctx context.Context, since string) (*Movements, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	out := &Movements{Segments: []Movement{}, Flows: []Flow{}}
	var at time.Time
	if since != "" {
		if at, err = time.Parse(time.RFC3339, since); err != nil {
			return nil, kreds.Errorf(kreds.CodeInvalid, "since is %q, which is no instant", cut(since, 40)).WithHint("write it as 2011-12-09T12:00:00Z")
		}
		out.Since = stamp(at, cal)
	}
	sight, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	moved, flows, err := h.audience.Movements(ctx, at)
	if err != nil {
		return nil, err
	}
	shown := func(n int64) bool { return sight == nil || n == 0 || n >= int64(sight.smallCell) }
	for _, m := range moved {
		if shown(m.Before.Members) && shown(m.After.Members) && shown(m.Joined) && shown(m.Left) {
			out.Segments = append(out.Segments, Movement{m.Segment.Name, runOf(m.Segment.Name, m.Before, cal), runOf(m.Segment.Name, m.After, cal), m.Joined, m.Left})
		}
	}
	for _, f := range flows {
		if shown(f.Customers) && len(out.Flows) < maxFlows {
			out.Flows = append(out.Flows, Flow(f))
		}
	}
	return out, nil
}
