import { createRoute } from "@tanstack/react-router";
import { count, text } from "../../shell/link";
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

export const discoveryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/discover/$name",
  validateSearch: (s: Record<string, unknown>): { k?: number } => ({ k: count(s.k) }),
}).lazy(() => import("./Discovery").then((m) => m.page));
