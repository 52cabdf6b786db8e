package cli

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds/api"
)

func (p *program) settingsCommand() *cobra.Command {
	var zone, currency string
	c := &cobra.Command{
		Use:   "settings",
		Short: "Show or change the time zone and the currency",
		Long: `Show the settings of the workspace, or change them.

Days begin and end in the time zone, so it can change only while there is no
data. The currency only names what amounts are in.`,
		Example: `  kreds settings
  kreds settings --time-zone Europe/London --currency GBP`,
		Args: cobra.NoArgs,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			change := zone != "" || currency != ""
			client, err := p.connect(ctx, need(change))
			if err != nil {
				return err
			}
			var s api.Settings
			if err := client.Call(ctx, http.MethodGet, "/api/v1/settings", nil, &s); err != nil {
				return err
			}
			if change {
				if zone != "" {
					s.TimeZone = zone
				}
				if currency != "" {
					s.Currency = currency
				}
				if err := client.Call(ctx, http.MethodPut, "/api/v1/settings", s, &s); err != nil {
					return err
				}
			}
			return p.print(s, func(w *strings.Builder) {
				fmt.Fprintf(w, "time zone  %s\ncurrency   %s\n", s.TimeZone, s.Currency)
			})
		}),
	}
	c.Flags().StringVar(&zone, "time-zone", "", "`ZONE` of the IANA database, as Europe/Copenhagen")
	c.Flags().StringVar(&currency, "currency", "", "`CODE` of the currency, as DKK")
	return c
}
