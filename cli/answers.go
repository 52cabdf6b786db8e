package cli

import "github.com/kreds/kreds/api"

// What --json prints where a command answers more, or less, than one answer of
// the API. docs/json.md is made of these types and those of the API.

type release struct {
	Version string `json:"version"`
}

type deleted struct {
	Deleted string `json:"deleted" doc:"The name of what is gone"`
}

type revoked struct {
	Revoked int64 `json:"revoked" doc:"The number of the token"`
}

type imports struct {
	Imports []api.Import `json:"imports" doc:"Newest first"`
}

type segments struct {
	Segments []api.Segment `json:"segments"`
}

type lists struct {
	Lists []api.ListRef `json:"lists"`
}

type traits struct {
	Traits []api.TraitRef `json:"traits"`
}

// edited is a segment after an edit.
type edited struct {
	Segment *api.Segment `json:"segment"`
	Change  *api.Preview `json:"change,omitempty" doc:"What a new expression changes"`
}

// demonstration is the outcome of the demo.
type demonstration struct {
	Imports  []api.Imported `json:"imports"`
	Data     *api.Data      `json:"data"`
	Refresh  *api.Refresh   `json:"refresh"`
	Segments []api.Segment  `json:"segments" doc:"Those that come with the data"`
	Found    *api.Found     `json:"found,omitempty" doc:"What was found in the data"`
}
