import { createRoute } from "@tanstack/react-router";
import { count, oneOf, text } from "../../shell/link";
import { rootRoute } from "../../shell/root";

export const discoveriesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/discover",
  // The job of a discovery that is under way is in the link, so that leaving the page loses nothing.
  validateSearch: (s: Record<string, unknown>): { job?: string; name?: string } => ({
    job: text(s.job),
    name: text(s.name),
  }),
}).lazy(() => import("./Discoveries").then((m) => m.page));

export interface DiscoverySearch {
  /** Number of segments. */
  k?: number;
  /** How profiles are drawn: a heat map unless it is a profile plot. */
  view?: "plot";
  /** The discovery that this one is compared with, and its number of segments. */
  with?: string;
  withK?: number;
}

export const discoveryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/discover/$name",
  validateSearch: (s: Record<string, unknown>): DiscoverySearch => ({
    k: count(s.k),
    view: oneOf(s.view, ["plot"] as const),
    with: text(s.with),
    withK: count(s.withK),
  }),
}).lazy(() => import("./Discovery").then((m) => m.page));
