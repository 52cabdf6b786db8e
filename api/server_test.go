package api_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func TestServe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	w, err := api.Open(t.Context(), dir, api.Options{Engine: openEngine, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, api.SocketName)
	if err := os.WriteFile(socket, nil, 0o644); err != nil { // as one left over
		t.Fatal(err)
	}
	if err := api.Serve(t.Context(), w, api.ServeOptions{Listen: "0.0.0.0:0"}); kreds.CodeOf(err) != kreds.CodeRefused {
		t.Errorf("listening on every address: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- api.Serve(ctx, w, api.ServeOptions{Listen: "127.0.0.1:0", Ready: func(url, _ string) { ready <- url }})
	}()
	var url string
	select {
	case url = <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	info, err := os.Stat(socket)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || info.Mode().Type() != os.ModeSocket {
		t.Errorf("the socket's mode is %v", info.Mode())
	}

	remote, err := api.Remote(url)
	if err != nil {
		t.Fatal(err)
	}
	var page api.ImportPage
	for name, c := range map[string]*api.Client{"tcp": remote, "socket": api.Socket(socket)} {
		if err := c.Call(t.Context(), http.MethodGet, "/api/v1/imports", nil, &page); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Files may be named through the socket only.
	file := filepath.Join(t.TempDir(), "customers.csv")
	if err := os.WriteFile(file, []byte(customers), 0o600); err != nil {
		t.Fatal(err)
	}
	in := api.ImportRequest{Files: []string{file}, As: "customers", ID: "customer_id"}
	if err := remote.Call(t.Context(), http.MethodPost, "/api/v1/imports/inspect", in, nil); kreds.CodeOf(err) != kreds.CodeRefused {
		t.Errorf("a file over TCP: %v", err)
	}
	if err := api.Socket(socket).Call(t.Context(), http.MethodPost, "/api/v1/imports/inspect", in, nil); err != nil {
		t.Errorf("a file through the socket: %v", err)
	}
	in.Files = []string{"customers.csv"}
	if err := api.Socket(socket).Call(t.Context(), http.MethodPost, "/api/v1/imports/inspect", in, nil); kreds.CodeOf(err) != kreds.CodeInvalid {
		t.Errorf("a path that is not absolute: %v", err)
	}

	// The directory is held.
	if _, err := api.Open(t.Context(), dir, api.Options{Engine: openEngine, Clock: time.Now}); kreds.CodeOf(err) != kreds.CodeUnavailable {
		t.Errorf("opening twice: %v", err)
	}
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the server does not stop")
	}
	if _, err := os.Stat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket stays: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func TestListenTaken(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	w, err := api.Open(t.Context(), dir, api.Options{Engine: openEngine, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s := serve(t)
	err = api.Serve(t.Context(), w, api.ServeOptions{Listen: strings.TrimPrefix(s.URL, "http://")})
	if kreds.CodeOf(err) != kreds.CodeUnavailable || !strings.Contains(kreds.HintOf(err), "--listen") {
		t.Errorf("a port in use: %v", err)
	}
}

// A client that goes away in the middle of an import leaves nothing.
func TestImportCancelled(t *testing.T) {
	s := serve(t)
	s.load(t, "customers.csv", customers, asCustomers)
	var big strings.Builder
	big.WriteString("customer_id,country\n")
	for i := range 300_000 {
		big.WriteString("x")
		big.WriteString(strings.Repeat("9", i%7))
		big.WriteString(time.Duration(i).String())
		big.WriteString(",Norway\n")
	}
	remote, err := api.Remote(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	u, err := remote.Upload(t.Context(), "big.csv", strings.NewReader(big.String()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	body, err := remote.Stream(ctx, http.MethodPost, "/api/v1/imports", api.ImportRequest{Uploads: []string{u.ID}, As: "customers", ID: "customer_id"})
	cancel()
	if err == nil {
		body.Close()
	}
	// The next import waits until the cancelled one is gone.
	s.load(t, "more.csv", "customer_id,country\n6,Norway\n", asCustomers)
	status, answer, _ := s.do(t, http.MethodPost, "/api/v1/count", `{"expression":"everyone"}`)
	if status != 200 || !strings.Contains(answer, `"count":6,`) {
		t.Errorf("after a cancelled import: %d %s", status, answer)
	}
	if left, err := filepath.Glob(filepath.Join(s.dir, "uploads", "*")); err != nil || len(left) > 0 {
		t.Errorf("uploads stay: %v %v", left, err)
	}
}
