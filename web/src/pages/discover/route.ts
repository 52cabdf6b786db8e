import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "../../shell/root";

const text = (v: unknown) => (typeof v === "string" && v !== "" ? v : undefined);
const whole = (v: unknown) => (Number.isInteger(Number(v)) && v !== undefined && v !== "" ? Number(v) : undefined);

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
  validateSearch: (s: Record<string, unknown>): { k?: number } => ({ k: whole(s.k) }),
}).lazy(() => import("./Discovery").then((m) => m.page));
