package api

import (
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/kreds/kreds"
)

// secured speaks TLS on a listener.
func secured(l net.Listener, o ServeOptions, clock kreds.Clock) (net.Listener, error) {
	c := &certificate{cert: o.Certificate, key: o.Key, clock: clock, log: o.Log}
	if err := c.read(); err != nil {
		return nil, kreds.Errorf(kreds.CodeInvalid, "the certificate cannot be used: %w", err).
			WithHint("--tls-cert is a file with the certificate and those it depends on, --tls-key one with its key, both in PEM")
	}
	return tls.NewListener(l, &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.get(), nil },
	}), nil
}

// certificate is one that is read again when its file changes, as those that
// are renewed every few weeks do.
type certificate struct {
	cert, key string
	clock     kreds.Clock
	log       *slog.Logger

	mu      sync.Mutex
	looked  time.Time
	changed time.Time
	present *tls.Certificate
}

// read reads the files; the caller holds the lock or is the only one.
func (c *certificate) read() error {
	info, err := os.Stat(c.cert)
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.present, c.changed, c.looked = &pair, info.ModTime(), c.clock()
	return nil
}

func (c *certificate) get() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.clock(); now.Sub(c.looked) >= time.Minute {
		c.looked = now
		if info, err := os.Stat(c.cert); err == nil && !info.ModTime().Equal(c.changed) {
			// While only one of the two files is new, the old pair goes on.
			if err := c.read(); err != nil && c.log != nil {
				c.log.Warn("the new certificate cannot be used", "error", err.Error())
			}
		}
	}
	return c.present
}
