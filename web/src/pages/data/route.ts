import { createRoute } from "@tanstack/react-router";
import { oneOf } from "../../shell/link";
import { rootRoute } from "../../shell/root";

export type DataTab = "imports";

/** What is stored; with tab=imports the ledger of imports. */
export const dataRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/data",
  validateSearch: (s: Record<string, unknown>): { tab?: DataTab } => ({ tab: oneOf(s.tab, ["imports"]) }),
}).lazy(() => import("./Data").then((m) => m.page));

/** From a file to an import. */
export const importRoute = createRoute({ getParentRoute: () => rootRoute, path: "/data/import" }).lazy(() =>
  import("./Import").then((m) => m.page),
);
