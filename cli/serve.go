package cli

import (
	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) serveCommand() *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Open the web app and answer the API",
		Long: `Serve the web app on a loopback address, and the API that it uses under
/api/v1, described at /api/openapi.json, with /healthz and /metrics beside it.

While it runs, other kreds commands on the same data directory go through it.
Only this machine can reach it: kreds knows no users yet. From another machine,
use an SSH tunnel. Stop it with Ctrl-C.`,
		Args: cobra.NoArgs,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if p.server != "" {
				return kreds.Errorf(kreds.CodeInvalid, "serve takes a data directory, not --server")
			}
			if err := api.LoopbackAddress(listen); err != nil {
				return err
			}
			var err error
			if p.workspace, err = p.open(ctx, p.path(p.data)); err != nil {
				return err
			}
			return api.Serve(ctx, p.workspace, api.ServeOptions{
				Listen: listen,
				Log:    p.log(),
				Pages:  p.Pages,
				Ready: func(url string) {
					p.say("kreds serves %s at %s; open it in a browser, stop with Ctrl-C", p.data, url)
				},
			})
		}),
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:7380", "loopback `ADDRESS` to listen on; port 0 picks a free one")
	return c
}
