package cli

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

func (p *program) settingsCommand() *cobra.Command {
	var zone, currency, language, value string
	var smallCell int
	var contact, noContact, threshold []string
	c := &cobra.Command{
		Use:   "settings",
		Short: "Show or change the settings of the workspace",
		Long: `Show the settings of the workspace, or change them.

Days begin and end in the time zone, so it can change only while there is no
data. The currency only names what amounts are in. The language is that of the
web app and of reports. Groups of fewer customers than the small-cell size are
not shown in breakdowns.

What counts as value is the sum of a number over an event, without a window, as
'sum(amount) of purchase' or 'sum(amount) of purchase where (status = "paid")'.
Until it is chosen it is found by usual names; --value auto goes back to that.
It is what the overview shows, what kreds prove measures unless told otherwise,
and what kreds rfm takes for monetary value.

Viewers see no contact details: e-mail addresses, telephone numbers, postal
addresses and names of persons, told by the names of fields. --contact and
--no-contact decide for fields whose names mislead.

Proofs rate segments by a scorecard: good from a threshold on, fair from half of it
on. --threshold changes what it asks for, CRITERION=default takes that back:
measurable (80%), substantial (100 members), reachable (50%), differentiable (an
effect of 0.2) and stable (70%).`,
		Example: `  kreds settings
  kreds settings --time-zone Europe/London --currency GBP
  kreds settings --value 'sum(sales_value) of purchase'
  kreds settings --threshold substantial=500 --threshold stable=60%`,
		Args: none,
		RunE: p.run(func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			flags := cmd.Flags()
			change := zone != "" || currency != "" || language != "" || flags.Changed("small-cell") || flags.Changed("value") || flags.Changed("contact") || flags.Changed("no-contact") || len(threshold) > 0
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
				s.Language = language
				s.Value = nil
				if flags.Changed("value") {
					if strings.EqualFold(value, "auto") {
						value = ""
					}
					s.Value = &value
				}
				s.SmallCell = smallCell
				if flags.Changed("small-cell") && smallCell < 1 {
					return kreds.Errorf(kreds.CodeInvalid, "the small-cell size is at least 1")
				}
				s.ContactDetails = named(s.ContactDetails, contact, noContact)
				s.NotContactDetails = named(s.NotContactDetails, noContact, contact)
				if len(threshold) > 0 {
					if s.Thresholds == nil {
						s.Thresholds = &api.Thresholds{}
					}
					if err := setThresholds(s.Thresholds, threshold); err != nil {
						return err
					}
				}
				if err := client.Call(ctx, http.MethodPut, "/api/v1/settings", s, &s); err != nil {
					return err
				}
			}
			var worth api.Worth
			if err := client.Call(ctx, http.MethodGet, "/api/v1/worth?period=month", nil, &worth); err != nil {
				return err
			}
			return p.print(s, func(w *strings.Builder) {
				fmt.Fprintf(w, "time zone        %s\ncurrency         %s\nlanguage         %s\nsmall-cell size  %d\n", s.TimeZone, s.Currency, s.Language, s.SmallCell)
				fmt.Fprintf(w, "value            %s\n", clean(valueText(&worth)))
				if len(s.ContactDetails) > 0 {
					fmt.Fprintf(w, "contact          %s\n", clean(strings.Join(s.ContactDetails, ", ")))
				}
				if len(s.NotContactDetails) > 0 {
					fmt.Fprintf(w, "no contact       %s\n", clean(strings.Join(s.NotContactDetails, ", ")))
				}
				printThresholds(w, s.Thresholds)
			})
		}),
	}
	c.Flags().StringVar(&zone, "time-zone", "", "`ZONE` of the IANA database, as Europe/Copenhagen")
	c.Flags().StringVar(&language, "language", "", "`LANGUAGE` of the web app and reports: en or da")
	c.Flags().IntVar(&smallCell, "small-cell", 0, "`SIZE` below which groups are not shown in breakdowns; 1 shows all")
	c.Flags().StringVar(&value, "value", "", "`'SUM'` of an event that counts as value; auto finds it by usual names")
	c.Flags().StringSliceVar(&contact, "contact", nil, "`NAME` of a field that is a contact detail; may be repeated")
	c.Flags().StringSliceVar(&noContact, "no-contact", nil, "`NAME` of a field that is none; may be repeated")
	thresholdFlag(c.Flags(), &threshold, "; default takes it back")
	c.Flags().StringVar(&currency, "currency", "", "`CODE` of the currency, as DKK")
	return c
}

// valueText says what counts as value, and how it came to.
func valueText(w *api.Worth) string {
	switch {
	case w.Problem != "":
		return fmt.Sprintf("the setting cannot be used (%s); found instead: %s", w.Problem, cmp.Or(w.Expression, "nothing"))
	case w.Expression == "":
		return "not known: say --value 'sum(NUMBER) of EVENT'"
	case w.Chosen:
		return w.Expression
	}
	return w.Expression + ", found by usual names"
}

// named is names with some more and without others; nil, which means no change,
// if there is nothing to change.
func named(names, more, without []string) []string {
	if len(more) == 0 && len(without) == 0 {
		return nil
	}
	out := []string{}
	for _, n := range append(slices.Clone(names), more...) {
		if !slices.Contains(without, n) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
