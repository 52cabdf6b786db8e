import { createRoute } from "@tanstack/react-router";
import { day, text } from "../../shell/link";
import { rootRoute } from "../../shell/root";

/** What a link to the builder carries. */
export interface BuilderSearch {
  /** The segment that is edited; a new one without it. */
  segment?: string;
  /** The expression as text. */
  text?: string;
  /** A date: everything is as of its end. */
  asOf?: string;
}

export const builderRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/builder",
  validateSearch: (s: Record<string, unknown>): BuilderSearch => ({
    segment: text(s.segment),
    text: text(s.text),
    asOf: day(s.asOf),
  }),
}).lazy(() => import("./Builder").then((m) => m.page));
