package api

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/kreds/kreds"
)

// SocketName is the name of the socket in a data directory that a server
// holds.
const SocketName = "kreds.sock"

// ServeOptions say how to serve.
type ServeOptions struct {
	Listen string            // a loopback address, as 127.0.0.1:7380; port 0 picks one
	Log    *slog.Logger      // nil for none
	Ready  func(addr string) // called once with the URL when requests are answered

	// Pages puts the web app before the API on the address; nil for none.
	Pages func(api http.Handler) http.Handler
}

// Serve answers requests on a loopback address and on the socket in the data
// directory until the context ends. Then it takes no more requests, gives those
// under way five seconds, cancels the rest and waits for them.
func Serve(ctx context.Context, w *Workspace, o ServeOptions) error {
	if err := LoopbackAddress(o.Listen); err != nil {
		return err
	}
	log := o.Log
	if log == nil {
		log = discard()
	}
	tcp, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return kreds.Errorf(kreds.CodeUnavailable, "cannot listen on %s: %w", o.Listen, err).
			WithHint("another program may use the port; choose one with --listen 127.0.0.1:PORT")
	}
	defer tcp.Close()
	unix, err := listenSocket(w.dir)
	if err != nil {
		return err
	}
	// One that stays is only a knock that nobody answers.
	defer func() { _ = os.Remove(filepath.Join(w.dir, SocketName)) }()
	defer unix.Close()

	var busy sync.WaitGroup
	handler := counted(New(w, log), &busy)
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	front := handler
	if o.Pages != nil {
		front = o.Pages(handler)
	}
	servers := []*http.Server{newServer(work, Guard(front, log), log), newServer(work, localOnly(handler), log)}
	failed := make(chan error, 2)
	go func() { failed <- servers[0].Serve(tcp) }()
	go func() { failed <- servers[1].Serve(unix) }()
	log.Info("serving", "address", tcp.Addr().String())
	if o.Ready != nil {
		o.Ready("http://" + tcp.Addr().String())
	}
	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
	}
	grace, stop := context.WithTimeout(work, 5*time.Second)
	defer stop()
	for _, s := range servers {
		if s.Shutdown(grace) != nil {
			cancel()
			_ = s.Close() // its connections are being given up anyway
		}
	}
	cancel()
	busy.Wait()
	log.Info("stopped")
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return kreds.Errorf(kreds.CodeUnavailable, "serving failed: %w", err)
	}
	return nil
}

// newServer has no read timeout on bodies: one would also cancel the work that
// goes on after the body was read.
func newServer(ctx context.Context, h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
}

// counted lets Serve wait for handlers whose connections were closed.
func counted(next http.Handler, busy *sync.WaitGroup) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		busy.Add(1)
		defer busy.Done()
		next.ServeHTTP(w, r)
	})
}

// listenSocket makes the socket of the data directory. It is bound in a
// private folder and moved when its mode is right, so that nobody else can
// connect in between. The caller holds the directory's lock, so a socket that
// lies there is left over.
func listenSocket(dir string) (*net.UnixListener, error) {
	path := filepath.Join(dir, SocketName)
	fail := func(err error) (*net.UnixListener, error) {
		e := kreds.Errorf(kreds.CodeUnavailable, "cannot make the socket %s: %w", path, err)
		if len(path) > 90 {
			return nil, e.WithHint("a socket's path may have about 100 characters; use a data directory with a shorter path")
		}
		return nil, e
	}
	private, err := os.MkdirTemp(dir, ".s")
	if err != nil {
		return fail(err)
	}
	defer func() { _ = os.RemoveAll(private) }() // empty by then
	bound := filepath.Join(private, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: bound, Net: "unix"})
	if err != nil {
		return fail(err)
	}
	l.SetUnlinkOnClose(false) // it is moved
	if err := errors.Join(os.Chmod(bound, 0o600), os.Rename(bound, path)); err != nil {
		return fail(errors.Join(err, l.Close()))
	}
	return l, nil
}
