import { createRoute } from "@tanstack/react-router";
import { day, text } from "../../shell/link";
import { rootRoute } from "../../shell/root";

export interface SegmentsSearch {
  /** Part of a name, an owner or a tag. */
  q?: string;
}

export const segmentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/segments",
  validateSearch: (s: Record<string, unknown>): SegmentsSearch => ({ q: text(s.q) }),
}).lazy(() => import("./Segments").then((m) => m.page));

export const segmentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/segments/$name",
  validateSearch: (s: Record<string, unknown>): { asOf?: string } => ({ asOf: day(s.asOf) }),
}).lazy(() => import("./Segment").then((m) => m.page));
