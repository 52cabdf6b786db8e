package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/segment"
)

// Job is long work that goes on after the request that began it.
type Job struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind" enum:"demo,discover,rfm,typing,prove" doc:"What it does"`
	Name     string   `json:"name" doc:"What it does it to"`
	State    JobState `json:"state" enum:"waiting,running,done,failed,cancelled"`
	Progress float64  `json:"progress" doc:"From 0 to 1"`
	Created  string   `json:"created" doc:"RFC 3339"`
	Ended    string   `json:"ended,omitempty" doc:"RFC 3339"`
	Problem  *Problem `json:"problem,omitempty" doc:"Why it failed"`
	Result   any      `json:"result,omitempty" doc:"What came out, once it is done: by its kind"`
}

// TransformSchema describes what a job's result may be.
func (Job) TransformSchema(r huma.Registry, s *huma.Schema) *huma.Schema {
	result := s.Properties["result"]
	for _, t := range []reflect.Type{typeOf[Discovery](), typeOf[RFM](), typeOf[Typing](), typeOf[Proof](), typeOf[Demonstration]()} {
		result.AnyOf = append(result.AnyOf, r.Schema(t, true, t.Name()))
	}
	return s
}

// JobState is how far a job is.
type JobState string

// The states of jobs.
const (
	JobWaiting   JobState = "waiting"
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled"
)

func (s JobState) ended() bool { return s == JobDone || s == JobFailed || s == JobCancelled }

// JobPage is the jobs of this server, newest first.
type JobPage struct {
	Jobs []Job `json:"jobs"`
}

// How many ended jobs are remembered, and how many may wait.
const (
	keptJobs    = 50
	maxWaiting  = 20
	longestWait = 60
)

// jobs runs long work one after the other, apart from the requests that asked for it.
type jobs struct {
	clock kreds.Clock
	turn  chan struct{} // holds one token: each job takes all processors
	ctx   context.Context
	stop  context.CancelFunc
	busy  sync.WaitGroup

	mu  sync.Mutex
	all []*job // oldest first
}

type job struct {
	id, kind, name string
	created        time.Time
	cancel         context.CancelFunc
	done           chan struct{}

	// Guarded by jobs.mu.
	state    JobState
	progress float64
	ended    time.Time
	err      error
	result   any
}

func newJobs(clock kreds.Clock) *jobs {
	ctx, stop := context.WithCancel(context.Background())
	return &jobs{clock: clock, turn: make(chan struct{}, 1), ctx: ctx, stop: stop}
}

// close cancels all jobs and waits until they have ended.
func (j *jobs) close() {
	j.stop()
	j.busy.Wait()
}

// start begins work; the error has CodeUnavailable if too much waits already.
func (j *jobs) start(kind, name string, do func(ctx context.Context, progress func(float64)) (any, error)) (*job, error) {
	ctx, cancel := context.WithCancel(j.ctx)
	n := &job{id: rand.Text(), kind: kind, name: name, created: j.clock(), cancel: cancel, done: make(chan struct{}), state: JobWaiting}
	j.mu.Lock()
	waiting := 0
	for _, o := range j.all {
		if !o.state.ended() {
			waiting++
		}
	}
	if waiting > maxWaiting {
		j.mu.Unlock()
		cancel()
		return nil, kreds.Errorf(kreds.CodeUnavailable, "%d jobs wait already", waiting).WithHint("wait until some are done, or cancel them")
	}
	j.all = append(j.all, n)
	for i := 0; i < len(j.all) && len(j.all) > keptJobs+maxWaiting; {
		if j.all[i].state.ended() {
			j.all = slices.Delete(j.all, i, i+1)
		} else {
			i++
		}
	}
	j.mu.Unlock()
	j.busy.Go(func() {
		defer close(n.done)
		defer cancel()
		j.run(ctx, n, do)
	})
	return n, nil
}

func (j *jobs) run(ctx context.Context, n *job, do func(context.Context, func(float64)) (any, error)) {
	var result any
	var err error
	select {
	case j.turn <- struct{}{}:
		j.change(func() { n.state = JobRunning })
		result, err = guarded(func() (any, error) {
			return do(ctx, func(p float64) { j.change(func() { n.progress = max(n.progress, min(p, 1)) }) })
		})
		<-j.turn
	case <-ctx.Done():
		err = ctx.Err()
	}
	j.change(func() {
		n.ended, n.result = j.clock(), result
		switch {
		case err == nil:
			n.state, n.progress = JobDone, 1
		case ctx.Err() != nil:
			n.state = JobCancelled
		default:
			n.state, n.err = JobFailed, err
		}
	})
}

// guarded makes a panic an error: it must not take the other jobs with it.
func guarded(do func() (any, error)) (result any, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			result, err = nil, kreds.Errorf(kreds.CodeInternal, "the job broke: %v", fault)
		}
	}()
	return do()
}

func (j *jobs) change(do func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	do()
}

func (j *jobs) find(id string) (*job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, n := range j.all {
		if n.id == id {
			return n, nil
		}
	}
	return nil, kreds.Errorf(kreds.CodeNotFound, "there is no job %q", cut(id, 40)).WithHint("jobs live as long as the server; what they made is kept")
}

// wire is what clients see of a job.
func (j *jobs) wire(n *job, c *segment.Calendar) Job {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := Job{
		ID: n.id, Kind: n.kind, Name: n.name, State: n.state, Progress: n.progress,
		Created: stamp(n.created, c), Ended: stamp(n.ended, c), Result: n.result,
	}
	if n.err != nil {
		out.Problem = ProblemOf(n.err)
	}
	return out
}

func (h *handler) jobRoutes() {
	route(h, operation(kreds.Viewer, http.MethodGet, "/jobs", "jobs", "Jobs", "Long work, newest first"),
		func(ctx context.Context, _ *struct{}) (*body[*JobPage], error) {
			cal, err := h.audience.Calendar(ctx)
			if err != nil {
				return nil, err
			}
			h.jobs.mu.Lock()
			all := slices.Clone(h.jobs.all)
			h.jobs.mu.Unlock()
			page := &JobPage{Jobs: []Job{}}
			for _, n := range slices.Backward(all) {
				w := h.jobs.wire(n, cal)
				w.Result = nil
				page.Jobs = append(page.Jobs, w)
			}
			return answer(page), nil
		})

	type one struct {
		ID   string `path:"id"`
		Wait int    `query:"wait" minimum:"0" maximum:"60" doc:"Seconds to wait for its end before answering"`
	}
	op := operation(kreds.Viewer, http.MethodGet, "/jobs/{id}", "job", "Jobs", "How far a job is, and what came out")
	op.Description = "Jobs are forgotten when the server stops; what they made, as a discovery, is kept."
	route(h, op, func(ctx context.Context, in *one) (*body[Job], error) {
		n, err := h.jobs.find(in.ID)
		if err != nil {
			return nil, err
		}
		if in.Wait > 0 {
			after := time.NewTimer(time.Duration(min(in.Wait, longestWait)) * time.Second)
			defer after.Stop()
			select {
			case <-n.done:
			case <-after.C:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return h.answerJob(ctx, n)
	})

	type gone struct {
		ID string `path:"id"`
	}
	route(h, operation(kreds.Editor, http.MethodDelete, "/jobs/{id}", "cancel-job", "Jobs", "Cancel a job"),
		func(ctx context.Context, in *gone) (*body[Job], error) {
			n, err := h.jobs.find(in.ID)
			if err != nil {
				return nil, err
			}
			n.cancel()
			select {
			case <-n.done:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			return h.answerJob(ctx, n)
		})
}

func (h *handler) answerJob(ctx context.Context, n *job) (*body[Job], error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	out := h.jobs.wire(n, cal)
	sees, err := h.sees(ctx)
	if err != nil {
		return nil, err
	}
	switch r := out.Result.(type) {
	case *Discovery:
		out.Result = sees.discovery(r)
	case *Proof:
		out.Result = sees.proof(r)
	case *Demonstration:
		if r.Found != nil {
			shown := *r
			shown.Found = &Found{sees.discovery(r.Found.Discovery), r.Found.Segments, sees.proof(r.Found.Proof)}
			out.Result = &shown
		}
	}
	return answer(out), nil
}

// accepted is the answer that a job was begun.
type accepted struct {
	Location string `header:"Location"`
	Body     Job
}

// begun describes an operation that begins a job.
func begun(op huma.Operation) huma.Operation {
	op.DefaultStatus = http.StatusAccepted
	op.Description += " The answer is a job; ask for it at the address in Location until it has ended. Cancelling the request does not cancel the job."
	return op
}

func (h *handler) begin(ctx context.Context, kind, name string, do func(ctx context.Context, progress func(float64)) (any, error)) (*accepted, error) {
	cal, err := h.audience.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	n, err := h.jobs.start(kind, name, do)
	if err != nil {
		return nil, err
	}
	return &accepted{Location: prefix + "/jobs/" + n.id, Body: h.jobs.wire(n, cal)}, nil
}
