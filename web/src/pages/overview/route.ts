import { createRoute } from "@tanstack/react-router";
import { oneOf } from "../../shell/link";
import { rootRoute } from "../../shell/root";

export interface OverviewSearch {
  /** Of value; 90 days unless it says otherwise. */
  period?: "month" | "year";
  /** How the segments are drawn: by size unless it says otherwise. */
  by?: "value";
  /** Since when changes are shown: the refresh before, unless it says the last visit. */
  since?: "visit";
}

export const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: (s: Record<string, unknown>): OverviewSearch => ({
    period: oneOf(s.period, ["month", "year"]),
    by: oneOf(s.by, ["value"]),
    since: oneOf(s.since, ["visit"]),
  }),
}).lazy(() => import("./Overview").then((m) => m.page));
