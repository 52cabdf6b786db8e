import { createRoute } from "@tanstack/react-router";
import { day, oneOf, text } from "../../shell/link";
import { rootRoute } from "../../shell/root";
import { type Status, statuses } from "./status";

const sorts = ["name", "members", "joined", "left", "owner", "status", "refreshed"] as const;

export interface SegmentsSearch {
  /** Part of a name, an owner or a tag. */
  q?: string;
  /** Only those of an owner; "-" is of nobody. */
  owner?: string;
  status?: Status;
  /** By members, the largest first, unless it says otherwise. */
  sort?: (typeof sorts)[number];
  order?: "up" | "down";
  /** What is put away, instead of the others. */
  archived?: "yes";
}

export const segmentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/segments",
  validateSearch: (s: Record<string, unknown>): SegmentsSearch => ({
    q: text(s.q),
    owner: text(s.owner),
    status: oneOf(s.status, statuses),
    sort: oneOf(s.sort, sorts),
    order: oneOf(s.order, ["up", "down"]),
    archived: oneOf(s.archived, ["yes"]),
  }),
}).lazy(() => import("./Segments").then((m) => m.page));

export const segmentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/segments/$name",
  validateSearch: (s: Record<string, unknown>): { asOf?: string } => ({ asOf: day(s.asOf) }),
}).lazy(() => import("./Segment").then((m) => m.page));
