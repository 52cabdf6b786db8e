package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

// need says what a command needs of the data directory.
type need bool

const (
	existing need = false // it must be there
	created  need = true  // it is made where it is missing
)

// connect finds who answers: the server of --server, else the server that
// holds the data directory, else this process.
func (p *program) connect(ctx context.Context, n need) (*api.Client, error) {
	if p.client != nil {
		return p.client, nil
	}
	var err error
	if p.server != "" {
		p.client, err = p.remote()
		return p.client, err
	}
	dir := p.path(p.data)
	if p.client = socketClient(ctx, dir); p.client != nil {
		return p.client, nil
	}
	if n == existing {
		if _, err := os.Stat(filepath.Join(dir, "state.db")); errors.Is(err, fs.ErrNotExist) {
			return nil, kreds.Errorf(kreds.CodeNotFound, "there is no data in %s", p.data).
				WithHint("begin with kreds import FILE… or kreds demo, or name the directory with --data")
		}
	}
	if p.workspace, err = p.open(ctx, dir); err != nil {
		// A server may have taken the directory since the socket was tried.
		if kreds.CodeOf(err) == kreds.CodeUnavailable {
			if p.client = socketClient(ctx, dir); p.client != nil {
				return p.client, nil
			}
		}
		return nil, err
	}
	p.client = api.InProcess(api.New(p.workspace, p.faults()))
	return p.client, nil
}

// remote is a client of --server. The token comes from the environment or a
// file: arguments can be seen by everybody on a machine.
func (p *program) remote() (*api.Client, error) {
	client, err := api.Remote(p.server)
	if err != nil {
		return nil, err
	}
	if p.ca != "" {
		pem, err := os.ReadFile(p.path(p.ca))
		if err != nil {
			return nil, kreds.Errorf(kreds.CodeInvalid, "the certificates of --ca cannot be read: %w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, kreds.Errorf(kreds.CodeInvalid, "%s holds no certificate in PEM", p.ca)
		}
		client = client.Trusting(roots)
	}
	token := p.Getenv("KREDS_TOKEN")
	if p.tokenFile != "" {
		text, err := os.ReadFile(p.path(p.tokenFile))
		if err != nil {
			return nil, kreds.Errorf(kreds.CodeInvalid, "the token cannot be read: %w", err)
		}
		token = strings.TrimSpace(string(text))
	}
	if token == "" {
		return client, nil
	}
	return client.WithToken(token)
}

func (p *program) open(ctx context.Context, dir string) (*api.Workspace, error) {
	return api.Open(ctx, dir, api.Options{Engine: p.Engine, Clock: p.Clock, Version: p.Version, Random: p.Random, Hashing: p.Hashing})
}

// faults is the log of a handler in this process: only panics, as errors are
// printed by the command.
func (p *program) faults() *slog.Logger {
	return slog.New(slog.NewTextHandler(p.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// close releases the data directory.
func (p *program) close() error {
	if p.workspace == nil {
		return nil
	}
	w := p.workspace
	p.workspace = nil
	return w.Close()
}

// socketClient returns a client of the server that holds the directory, nil
// where there is none; a socket may be left over from a server that was killed.
func socketClient(ctx context.Context, dir string) *api.Client {
	path := filepath.Join(dir, api.SocketName)
	d := net.Dialer{Timeout: 2 * time.Second}
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return nil
	}
	_ = conn.Close() // it was only a knock
	return api.Socket(path)
}
