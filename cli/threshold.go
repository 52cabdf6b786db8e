package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kreds/kreds"
	"github.com/kreds/kreds/api"
)

// thresholds are the criteria of the scorecard whose thresholds can be set, in its order.
var thresholds = []string{"measurable", "substantial", "reachable", "differentiable", "stable"}

const thresholdUsage = "`CRITERION=VALUE`: what the scorecard asks for, as stable=60% or substantial=50; may be repeated"

func thresholdFlag(f *pflag.FlagSet, to *[]string, more string) {
	f.StringArrayVar(to, "threshold", nil, thresholdUsage+more)
}

// setThresholds changes thresholds as they are written in flags. The default of one is 0.
func setThresholds(t *api.Thresholds, flags []string) error {
	for _, flag := range flags {
		name, text, ok := strings.Cut(flag, "=")
		name, text = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(text)
		bad := func(format string, args ...any) error {
			return kreds.Errorf(kreds.CodeInvalid, format, args...).
				WithHint("write one of %s, =, and a number, as stable=60%% or substantial=50", strings.Join(thresholds, ", "))
		}
		if !ok {
			return bad("%q is no threshold", flag)
		}
		v := 0.0
		if text != "default" {
			number, percent := strings.CutSuffix(text, "%")
			var err error
			v, err = strconv.ParseFloat(strings.TrimSpace(number), 64)
			if percent {
				v /= 100
			}
			if err != nil || !(v > 0 && v <= 1e9) {
				return bad("%q is no threshold of %s: a number above 0 is", text, name)
			}
		}
		share := false
		switch name {
		case "measurable":
			t.Measurable, share = v, true
		case "substantial":
			if v != float64(int64(v)) {
				return bad("%q is no number of members", text)
			}
			t.Members = int64(v)
		case "reachable":
			t.Reachable, share = v, true
		case "differentiable":
			t.Effect = v
		case "stable":
			t.Stable, share = v, true
		case "actionable":
			return bad("actionable has no threshold to change: it asks for an owner, a description and a definition that takes newcomers in")
		default:
			return bad("the scorecard has no criterion %q", name)
		}
		if share && v > 1 {
			return bad("%s is a share: %s is more than all", name, text)
		}
	}
	return nil
}

// printThresholds says which thresholds differ from the defaults.
func printThresholds(w *strings.Builder, t *api.Thresholds) {
	if t == nil {
		return
	}
	var out []string
	add := func(name string, v float64, text string) {
		if v > 0 {
			out = append(out, name+" "+text)
		}
	}
	add("measurable", t.Measurable, percent(t.Measurable))
	add("substantial", float64(t.Members), grouped(t.Members))
	add("reachable", t.Reachable, percent(t.Reachable))
	add("differentiable", t.Effect, two(t.Effect))
	add("stable", t.Stable, percent(t.Stable))
	if len(out) > 0 {
		fmt.Fprintf(w, "thresholds       %s\n", strings.Join(out, ", "))
	}
}
