import { createRoute } from "@tanstack/react-router";
import { text } from "../../shell/link";
import { rootRoute } from "../../shell/root";

export const proofsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/prove",
  // The job of a proof that is under way is in the link, so that leaving the page loses nothing.
  validateSearch: (s: Record<string, unknown>): { job?: string; name?: string; segment?: string } => ({
    job: text(s.job),
    name: text(s.name),
    segment: text(s.segment),
  }),
}).lazy(() => import("./Proofs").then((m) => m.page));

export const proofRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/prove/$name",
  validateSearch: (s: Record<string, unknown>): { segment?: string } => ({ segment: text(s.segment) }),
}).lazy(() => import("./Proof").then((m) => m.page));
