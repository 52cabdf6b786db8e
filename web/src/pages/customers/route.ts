import { createRoute } from "@tanstack/react-router";
import { day, oneOf, text } from "../../shell/link";
import { rootRoute } from "../../shell/root";

const kind = (v: unknown) => oneOf(v, ["company"] as const);

export interface CustomersSearch {
  q?: string;
  kind?: "company";
}

export interface CustomerSearch {
  kind?: "company";
  asOf?: string;
  /** The segment or the expression that is explained. */
  why?: string;
}

export const customersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/customers",
  validateSearch: (s: Record<string, unknown>): CustomersSearch => ({ q: text(s.q), kind: kind(s.kind) }),
}).lazy(() => import("./Customers").then((m) => m.page));

export const customerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/customers/$key",
  validateSearch: (s: Record<string, unknown>): CustomerSearch => ({
    kind: kind(s.kind),
    asOf: day(s.asOf),
    why: text(s.why),
  }),
}).lazy(() => import("./Customer").then((m) => m.page));
