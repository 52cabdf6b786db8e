package cli

import (
	"net/netip"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) serveCommand() *cobra.Command {
	var o api.ServeOptions
	var proxies []string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Open the web app and answer the API",
		Long: `Serve the web app on an address, and the API that it uses under /api/v1,
described at /api/openapi.json, with /healthz and /metrics beside it.

While it runs, other kreds commands on the same data directory go through it.
Stop it with Ctrl-C.

Without accounts only this machine can reach it, and everybody on it may do
everything. --accounts turns accounts on: the first start prints a link that
makes the first one, an admin's. Once there is an account, people have to sign
in whether the flag is given or not.

An address other than loopback needs accounts, the names that it is reached by,
and TLS: a certificate, or a proxy in front that has one and sets
X-Forwarded-For and X-Forwarded-Proto.`,
		Example: `  kreds serve
  kreds serve --accounts
  kreds serve --accounts --listen :443 --host kreds.example.com \
    --tls-cert kreds.pem --tls-key kreds.key
  kreds serve --accounts --listen 10.0.0.5:7380 --host kreds.example.com \
    --trusted-proxy 10.0.0.2`,
		Args: none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if p.server != "" {
				return kreds.Errorf(kreds.CodeInvalid, "serve takes a data directory, not --server")
			}
			for _, text := range proxies {
				prefix, err := network(text)
				if err != nil {
					return err
				}
				o.Proxies = append(o.Proxies, prefix)
			}
			for _, file := range []*string{&o.Certificate, &o.Key} {
				if *file != "" {
					*file = p.path(*file)
				}
			}
			// What is wrong is said before anything is made.
			_, err := os.Stat(filepath.Join(p.path(p.data), "state.db"))
			if err := o.Check(err == nil); err != nil {
				return err
			}
			if p.workspace, err = p.open(ctx, p.path(p.data)); err != nil {
				return err
			}
			o.Log, o.Pages = p.log(), p.Pages
			o.Ready = func(url, first string) {
				p.say("kreds serves %s at %s; open it in a browser, stop with Ctrl-C", p.data, url)
				if first != "" {
					// Said even if quiet: it is the only way in.
					p.tell("Make the first account, an admin's, with this link (once, within 24 hours):\n  %s\n", first)
				}
			}
			return api.Serve(ctx, p.workspace, o)
		}),
	}
	flags := c.Flags()
	flags.StringVar(&o.Listen, "listen", "127.0.0.1:7380", "`ADDRESS` to listen on; port 0 picks a free one")
	flags.BoolVar(&o.Accounts, "accounts", false, "turn accounts on: people sign in")
	flags.StringVar(&o.Certificate, "tls-cert", "", "`FILE` with the certificate for TLS, in PEM")
	flags.StringVar(&o.Key, "tls-key", "", "`FILE` with its key, in PEM")
	flags.StringSliceVar(&proxies, "trusted-proxy", nil, "`ADDRESS` or network, as 10.0.0.0/24, of a proxy in front; may be repeated")
	flags.StringSliceVar(&o.Hosts, "host", nil, "`NAME` that people reach kreds by; may be repeated")
	return c
}

// network reads an address or a network.
func network(text string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return prefix, kreds.Errorf(kreds.CodeInvalid, "%q is no address and no network", text).WithHint("write 10.0.0.2 or 10.0.0.0/24")
	}
	return prefix.Masked(), nil
}
