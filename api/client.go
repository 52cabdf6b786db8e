package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/kreds/kreds"
)

// Client calls the API: of a handler in this process, of a server through the
// socket in its data directory, or of a server over TCP. All three answer
// alike.
type Client struct {
	http  *http.Client
	base  string
	token string
	local bool
}

// InProcess returns a client of a handler in this process.
func InProcess(h http.Handler) *Client {
	return &Client{
		http:  &http.Client{Transport: inProcess{h}},
		base:  "http://kreds",
		local: true,
	}
}

// Socket returns a client of the server that listens on the socket.
func Socket(path string) *Client {
	return &Client{
		http: &http.Client{Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				var d net.Dialer
				return d.DialContext(ctx, "unix", path)
			},
		}},
		base:  "http://kreds",
		local: true,
	}
}

// Remote returns a client of the server at the URL.
func Remote(server string) (*Client, error) {
	u, err := url.Parse(server)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return nil, kreds.Errorf(kreds.CodeInvalid, "%q is not the address of a server", server).
			WithHint("write it as http://127.0.0.1:7380")
	}
	return &Client{
		http: &http.Client{
			Transport:     &http.Transport{Proxy: nil},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		base: u.Scheme + "://" + u.Host,
	}, nil
}

// WithToken returns the client with a token to send. The error has CodeRefused
// if it would go over the network in the clear.
func (c *Client) WithToken(token string) (*Client, error) {
	u, err := url.Parse(c.base)
	if err != nil || u.Scheme != "https" && !loopbackHost(u.Host) {
		return nil, kreds.Errorf(kreds.CodeRefused, "a token would go to %s in the clear", c.base).WithHint("use an address that begins with https://")
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the token has characters that no token has").WithHint("it is one line, as kreds token create prints it")
	}
	with := *c
	with.token = token
	return &with, nil
}

// Trusting returns the client of a server over TLS whose certificate is signed
// by one of the roots.
func (c *Client) Trusting(roots *x509.CertPool) *Client {
	with := *c
	with.http = &http.Client{
		Transport:     &http.Transport{Proxy: nil, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
		CheckRedirect: c.http.CheckRedirect,
	}
	return &with
}

// ReadsFiles reports whether requests may name files of this machine; if not,
// their contents must be uploaded.
func (c *Client) ReadsFiles() bool { return c.local }

// Call sends in as JSON (nil for no body) and reads the answer into out (nil
// to ignore it). The path begins with a slash and is escaped.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	body, err := c.Stream(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer body.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, body)
	} else {
		err = json.NewDecoder(body).Decode(out)
	}
	if err != nil {
		return c.failure(ctx, fmt.Errorf("reading the answer: %w", err))
	}
	return nil
}

// Stream is Call for answers that come in pieces. The caller closes the body,
// which also stops work that is still going on.
func (c *Client) Stream(ctx context.Context, method, path string, in any) (io.ReadCloser, error) {
	var body io.Reader
	kind := ""
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("writing the request: %w", err)
		}
		body, kind = bytes.NewReader(b), "application/json"
	}
	return c.send(ctx, method, path, kind, body)
}

// Upload sends the contents of a file, to be named in an import.
func (c *Client) Upload(ctx context.Context, name string, contents io.Reader) (*Upload, error) {
	body, err := c.send(ctx, http.MethodPost, uploadsPath+"?name="+url.QueryEscape(name), "application/octet-stream", contents)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	var u Upload
	if err := json.NewDecoder(body).Decode(&u); err != nil {
		return nil, c.failure(ctx, fmt.Errorf("reading the answer: %w", err))
	}
	return &u, nil
}

func (c *Client) send(ctx context.Context, method, path, kind string, body io.Reader) (io.ReadCloser, error) {
	if ctx.Err() != nil {
		return nil, c.failure(ctx, ctx.Err())
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, c.failure(ctx, err)
	}
	if res.StatusCode < 300 {
		return res.Body, nil
	}
	defer res.Body.Close()
	return nil, c.problem(ctx, res)
}

// problem reads what went wrong from an answer.
func (c *Client) problem(ctx context.Context, res *http.Response) error {
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return c.failure(ctx, err)
	}
	var p Problem
	if json.Unmarshal(b, &p) != nil || p.Code == "" {
		return kreds.Errorf(kreds.CodeUnavailable, "%s answers %q, which kreds does not", c.base, res.Status).
			WithHint("see that a kreds server listens there")
	}
	if ctx.Err() != nil {
		return kreds.Errorf(kreds.CodeCancelled, "cancelled")
	}
	return &p
}

// failure explains why no answer came.
func (c *Client) failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return kreds.Errorf(kreds.CodeCancelled, "cancelled")
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if c.base == "http://kreds" {
		return kreds.Errorf(kreds.CodeUnavailable, "the server that holds the data directory went away: %w", err).
			WithHint("try again; what was reported as done is kept")
	}
	return kreds.Errorf(kreds.CodeUnavailable, "no answer from %s: %w", c.base, err).
		WithHint("see that kreds serve runs and listens there")
}

// inProcess is the transport of a client of a handler in the same process.
type inProcess struct{ handler http.Handler }

// RoundTrip runs the handler; the answer is read while it is being written.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(Local(r.Context()))
	pr, pw := io.Pipe()
	w := &pipeWriter{header: http.Header{}, body: pw, ready: make(chan struct{})}
	done := make(chan struct{})
	req := r.Clone(ctx)
	req.RequestURI = r.URL.RequestURI()
	req.Host = r.URL.Host
	if req.Body == nil {
		req.Body = http.NoBody
	}
	go func() {
		defer close(done)
		defer cancel()
		defer req.Body.Close()
		defer func() {
			err := io.EOF
			if fault := recover(); fault != nil {
				// As a server's connection would: the answer breaks off.
				err = io.ErrUnexpectedEOF
			}
			w.WriteHeader(http.StatusOK)
			_ = pw.CloseWithError(err) // closing a pipe does not fail
		}()
		t.handler.ServeHTTP(w, req)
	}()
	<-w.ready
	return &http.Response{
		Status:        http.StatusText(w.status),
		StatusCode:    w.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        w.sent,
		Body:          &pipeBody{PipeReader: pr, cancel: cancel, done: done},
		ContentLength: -1,
		Request:       r,
	}, nil
}

// pipeBody ends the handler when it is closed and waits for it, so that the
// data can be closed after.
type pipeBody struct {
	*io.PipeReader
	cancel context.CancelFunc
	done   chan struct{}
}

// Close gives the rest of the answer up.
func (b *pipeBody) Close() error {
	b.cancel()
	err := b.PipeReader.Close()
	<-b.done
	return err
}

type pipeWriter struct {
	header http.Header
	sent   http.Header
	status int
	body   *io.PipeWriter
	ready  chan struct{}
}

// Header returns the header that is sent with the first byte.
func (w *pipeWriter) Header() http.Header { return w.header }

// WriteHeader sends the header; the answer is there from then on.
func (w *pipeWriter) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status, w.sent = status, w.header.Clone()
	close(w.ready)
}

func (w *pipeWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// Flush does nothing: what is written is read at once.
func (w *pipeWriter) Flush() {}
