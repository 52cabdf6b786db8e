import { createRoute } from "@tanstack/react-router";
import { oneOf } from "../../shell/link";
import { rootRoute } from "../../shell/root";

export type Period = "month" | "year";

export interface OverviewSearch {
  /** Of value; 90 days unless it says otherwise. */
  period?: Period;
  /** How the segments are drawn: by size unless it says otherwise. */
  by?: "value";
}

export const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: (s: Record<string, unknown>): OverviewSearch => ({
    period: oneOf(s.period, ["month", "year"]),
    by: oneOf(s.by, ["value"]),
  }),
}).lazy(() => import("./Overview").then((m) => m.page));
