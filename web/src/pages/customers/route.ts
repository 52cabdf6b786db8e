import { createRoute } from "@tanstack/react-router";
import { day, oneOf, text } from "../../shell/link";
import { rootRoute } from "../../shell/root";

const kind = (v: unknown) => oneOf(v, ["company"] as const);

const many = (v: unknown) =>
  typeof v === "string" && v !== ""
    ? v
    : Array.isArray(v)
      ? v.filter((x) => typeof x === "string").join(",")
      : undefined;
const page = (v: unknown) => (Number.isInteger(Number(v)) && Number(v) > 1 ? Number(v) : undefined);

/** What a link to the list carries. */
export interface CustomersSearch {
  q?: string;
  kind?: "company";
  /** Only those that the last refresh of this segment found. */
  segment?: string;
  /** Only persons of this company. */
  company?: string;
  /** The columns that are shown, with commas; without it a usual choice. */
  cols?: string;
  sort?: string;
  down?: true;
  page?: number;
}

export interface CustomerSearch {
  kind?: "company";
  asOf?: string;
  /** The segment or the expression that is explained. */
  why?: string;
  /** The events that the timeline shows, with commas; all without it. */
  events?: string;
}

export const customersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/customers",
  validateSearch: (s: Record<string, unknown>): CustomersSearch => ({
    q: text(s.q),
    kind: kind(s.kind),
    segment: text(s.segment),
    company: text(s.company),
    cols: many(s.cols),
    sort: text(s.sort),
    down: s.down === true || undefined,
    page: page(s.page),
  }),
}).lazy(() => import("./Customers").then((m) => m.page));

export const customerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/customers/$key",
  validateSearch: (s: Record<string, unknown>): CustomerSearch => ({
    kind: kind(s.kind),
    asOf: day(s.asOf),
    why: text(s.why),
    events: many(s.events),
  }),
}).lazy(() => import("./Customer").then((m) => m.page));
