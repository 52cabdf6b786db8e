package api

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/kreds/kreds"
)

const (
	uploadsPath = prefix + "/uploads"
	// maxUpload bounds one uploaded file in bytes.
	maxUpload = 1 << 40
)

// Upload is a file that a client sent, to be named in an import, which removes
// it.
type Upload struct {
	ID    string `json:"id" doc:"To be named in an import"`
	Name  string `json:"name" doc:"The name that the client gave"`
	Bytes int64  `json:"bytes"`
}

func (h *handler) uploadRoutes() {
	type create struct {
		Name string `query:"name" required:"true" maxLength:"255" doc:"Name of the file; its ending tells whether it is compressed"`
	}
	op := operation(kreds.Editor, http.MethodPost, "/uploads", "create-upload", "Imports", "Send the contents of a file")
	op.Description = "The body is the file as it is. The answer's id is named in an import, which removes the upload."
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
	op.DefaultStatus = http.StatusCreated
	op.Responses = map[string]*huma.Response{"201": {Description: "Created", Content: map[string]*huma.MediaType{
		"application/json": {Schema: h.api.OpenAPI().Components.Schemas.Schema(typeOf[Upload](), true, "Upload")},
	}}}
	// The body is read by the handler itself, piece by piece.
	op.SkipValidateBody = true
	huma.Register(h.api, op, func(_ context.Context, in *create) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			r, w := humaWriter(ctx)
			u, err := h.take(in.Name, http.MaxBytesReader(w, r.Body, maxUpload))
			if err != nil {
				writeProblem(w, h.problem(r.Context(), op.OperationID, err))
				return
			}
			writeJSON(w, http.StatusCreated, u)
		}}, nil
	})

	type remove struct {
		ID string `path:"id" doc:"Of the upload"`
	}
	route(h, operation(kreds.Editor, http.MethodDelete, "/uploads/{id}", "delete-upload", "Imports", "Remove an upload"),
		func(_ context.Context, in *remove) (*struct{}, error) {
			path, err := h.uploaded(in.ID)
			if err != nil {
				return nil, err
			}
			return nil, os.RemoveAll(filepath.Dir(path))
		})
}

// take stores what a client sends. Each upload has a folder of its own, so
// that the file keeps its name.
func (h *handler) take(name string, contents io.Reader) (_ *Upload, err error) {
	name = fileName(name)
	if err := os.MkdirAll(h.uploads(), 0o700); err != nil {
		return nil, full(err)
	}
	dir, err := os.MkdirTemp(h.uploads(), "u")
	if err != nil {
		return nil, full(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, full(err)
	}
	n, err := io.Copy(f, contents)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, full(err)
	}
	return &Upload{ID: filepath.Base(dir), Name: name, Bytes: n}, nil
}

func full(err error) error {
	return kreds.Errorf(kreds.CodeUnavailable, "the upload could not be stored: %w", err).
		WithHint("see that the disk of the data directory has room")
}

// fileName keeps the last part of a name that a client gave.
func fileName(name string) string {
	name = filepath.Base(filepath.Clean("/" + strings.ReplaceAll(strings.ToValidUTF8(name, "_"), "\\", "/")))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '_'
		}
		return r
	}, name)
	if name == "/" || name == "." || name == ".." {
		return "upload"
	}
	return name
}

// uploaded returns the path of an upload.
func (h *handler) uploaded(id string) (string, error) {
	missing := kreds.Errorf(kreds.CodeNotFound, "there is no upload %q", cut(id, 40)).
		WithHint("uploads are removed by the import that names them and when the server stops")
	if id == "" || strings.ContainsAny(id, "/\\.\x00") {
		return "", missing
	}
	dir := filepath.Join(h.uploads(), id)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) != 1 {
		return "", missing
	}
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, entries[0].Name()), nil
}
