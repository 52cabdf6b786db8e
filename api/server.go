package api

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
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
	Listen string       // as 127.0.0.1:7380; port 0 picks one
	Log    *slog.Logger // nil for none

	// Accounts turns accounts on. Once there is one, they are on without it.
	Accounts bool
	// Certificate and Key are files in PEM for TLS, read again when they change;
	// both or neither.
	Certificate, Key string
	// Proxies are the addresses of proxies in front that are trusted to say from
	// where and how a request came.
	Proxies []netip.Prefix
	// Hosts are the names that are served beside those of loopback.
	Hosts []string

	// Ready is called once when requests are answered, with the URL and, where
	// the first account is still to be made, the one-time link that makes it.
	Ready func(url, first string)

	// Pages puts the web app before the API on the address; nil for none.
	Pages func(api http.Handler) http.Handler
}

// Check refuses options that would open customers' data to others. On says
// whether there are accounts already.
func (o ServeOptions) Check(on bool) error {
	_, err := o.check(on)
	return err
}

// check refuses what would open customers' data to others.
func (o ServeOptions) check(on bool) (gate Gate, err error) {
	loopback, err := LoopbackAddress(o.Listen)
	if err != nil {
		return gate, err
	}
	gate = Gate{Open: !loopback, Hosts: o.Hosts, Proxies: o.Proxies}
	if (o.Certificate == "") != (o.Key == "") {
		return gate, kreds.Errorf(kreds.CodeInvalid, "TLS needs both a certificate and its key").WithHint("give --tls-cert and --tls-key")
	}
	elsewhere := "listening on %s would open your customers' data to the network"
	switch {
	case loopback && len(o.Hosts)+len(o.Proxies) > 0 && !o.Accounts && !on:
		return gate, kreds.Errorf(kreds.CodeRefused, "serving other hosts or a proxy would open your customers' data to the network").
			WithHint("turn accounts on with --accounts")
	case loopback:
	case !o.Accounts && !on:
		return gate, kreds.Errorf(kreds.CodeRefused, elsewhere, o.Listen).
			WithHint("turn accounts on with --accounts, or listen on 127.0.0.1 and reach it through an SSH tunnel")
	case o.Certificate == "" && len(o.Proxies) == 0:
		return gate, kreds.Errorf(kreds.CodeRefused, elsewhere+" in the clear", o.Listen).
			WithHint("give a certificate with --tls-cert and --tls-key, or name the proxy in front that has one with --trusted-proxy")
	case len(o.Hosts) == 0:
		return gate, kreds.Errorf(kreds.CodeInvalid, "by which name is kreds reached?").
			WithHint("give it with --host, as kreds.example.com; requests for other names are refused")
	}
	return gate, nil
}

// url is the address by which people reach the server.
func (o ServeOptions) url(listening net.Addr) string {
	scheme, host := "http", listening.String()
	if o.Certificate != "" {
		scheme = "https"
	}
	if len(o.Hosts) > 0 {
		if len(o.Proxies) > 0 && o.Certificate == "" {
			return "https://" + o.Hosts[0] // the proxy's port is not known here
		}
		_, port, err := net.SplitHostPort(host)
		if err == nil {
			host = net.JoinHostPort(o.Hosts[0], port)
		}
	}
	return scheme + "://" + host
}

// Serve answers requests on an address and on the socket in the data directory
// until the context ends. An address that is not on loopback needs accounts, and
// TLS or a trusted proxy that has it. Then it takes no more requests, gives those
// under way five seconds, cancels the rest and waits for them.
func Serve(ctx context.Context, w *Workspace, o ServeOptions) error {
	gate, err := o.check(w.access.On())
	if err != nil {
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
	if o.Certificate != "" {
		if tcp, err = secured(tcp, o, w.clock); err != nil {
			return err
		}
	}
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
	servers := []*http.Server{newServer(work, gate.Guard(front, log), log), newServer(work, localOnly(handler), log)}
	first := ""
	url := o.url(tcp.Addr())
	w.url.Store(&url)
	if o.Accounts || w.access.On() {
		secret, err := w.access.TurnOn(ctx)
		if err != nil {
			return err
		}
		if secret != "" {
			first = url + joinPath + secret
		}
	}
	busy.Go(func() { w.warmth.keep(work, w.engine) })
	failed := make(chan error, 2)
	go func() { failed <- servers[0].Serve(tcp) }()
	go func() { failed <- servers[1].Serve(unix) }()
	log.Info("serving", "address", tcp.Addr().String())
	if o.Ready != nil {
		o.Ready(url, first)
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
