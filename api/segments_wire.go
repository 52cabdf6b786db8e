package api

// SegmentRequest is a new segment: with an expression, or with the keys of its
// members.
type SegmentRequest struct {
	Name        string   `json:"name" minLength:"1" maxLength:"200" example:"Loyal customers"`
	Expression  string   `json:"expression,omitempty" doc:"The definition; absent for a list" example:"did purchase at least 5 times within last 12 months"`
	Keys        []string `json:"keys,omitempty" doc:"Keys of the members of a list, instead of an expression"`
	Subject     string   `json:"subject,omitempty" enum:"persons,companies" doc:"Of a list: what the keys name; the default is persons"`
	Description string   `json:"description,omitempty" maxLength:"10000"`
	Owner       string   `json:"owner,omitempty" maxLength:"200" example:"Anna"`
	Tags        []string `json:"tags,omitempty" maxItems:"100"`
	Author      string   `json:"author,omitempty" maxLength:"200" doc:"Of the first version"`
	Note        string   `json:"note,omitempty" maxLength:"10000" doc:"Of the first version"`
}

// SegmentChange is what to change of a segment; absent fields stay.
type SegmentChange struct {
	Name        *string   `json:"name,omitempty" minLength:"1" maxLength:"200" doc:"A new name; references to the segment follow"`
	Expression  *string   `json:"expression,omitempty" doc:"A new definition, saved as a new version" example:"did purchase at least 6 times within last 12 months"`
	Description *string   `json:"description,omitempty" maxLength:"10000"`
	Owner       *string   `json:"owner,omitempty" maxLength:"200"`
	Tags        *[]string `json:"tags,omitempty" maxItems:"100"`
	Archived    *bool     `json:"archived,omitempty" doc:"True puts it away, false takes it back"`
	Author      string    `json:"author,omitempty" maxLength:"200" doc:"Of the new version"`
	Note        string    `json:"note,omitempty" maxLength:"10000" doc:"Of the new version" example:"five was too many people"`
	Version     int       `json:"version,omitempty" doc:"The version that the change was made from; refused if there is a newer one"`
}

// SegmentPage is some segments, by name.
type SegmentPage struct {
	Segments []Segment `json:"segments"`
	Next     string    `json:"next,omitempty" doc:"The cursor of the next page; absent on the last"`
}

// PreviewRequest asks what an edit would change.
type PreviewRequest struct {
	Expression string `json:"expression" example:"did purchase at least 6 times within last 12 months"`
	AsOf       string `json:"as_of,omitempty" doc:"RFC 3339, or a date, which means the end of that day; the default is now"`
}

// Preview is what an edit would change.
type Preview struct {
	AsOf   string `json:"as_of" doc:"RFC 3339"`
	Before int64  `json:"before" doc:"Members by the current definition"`
	After  int64  `json:"after" doc:"Members by the new one"`
	Joined int64  `json:"joined" doc:"Members that would be new"`
	Left   int64  `json:"left" doc:"Members that would be none any more"`
}

// History is what happened to a segment.
type History struct {
	Segment  string    `json:"segment"`
	Versions []Version `json:"versions" doc:"Newest first"`
	Runs     []Run     `json:"runs" doc:"Newest first, at most 100"`
}

// MembersRequest asks for the members of an expression.
type MembersRequest struct {
	Expression string   `json:"expression" example:"last purchase more than 180 days ago"`
	AsOf       string   `json:"as_of,omitempty" doc:"RFC 3339, or a date, which means the end of that day; the default is now" example:"2011-12-09"`
	Traits     []string `json:"traits,omitempty" maxItems:"100" doc:"Traits to give beside the key"`
	Limit      int      `json:"limit,omitempty" minimum:"0" doc:"At most so many; 0 for all"`
	Cursor     string   `json:"cursor,omitempty" doc:"Only members whose key comes after this one"`
	Format     string   `json:"format,omitempty" enum:"ndjson,csv,json" doc:"The default is ndjson"`

	refreshed bool // of a segment only
}

// Member is a profile in a segment.
type Member struct {
	Key    string           `json:"key"`
	Traits map[string]Value `json:"traits,omitempty" doc:"The traits asked for; null where unknown"`
}

// MemberPage is some members, in the order of keys.
type MemberPage struct {
	Members []Member `json:"members"`
	Next    string   `json:"next,omitempty" doc:"The cursor of the next page; absent on the last"`
}
