import { createRouter } from "@tanstack/react-router";
import { builderRoute } from "./pages/builder/route";
import { customerRoute, customersRoute } from "./pages/customers/route";
import { dataRoute, importRoute } from "./pages/data/route";
import { discoveriesRoute, discoveryRoute } from "./pages/discover/route";
import { joinRoute } from "./pages/join/route";
import { overviewRoute } from "./pages/overview/route";
import { proofRoute, proofsRoute } from "./pages/prove/route";
import { segmentRoute, segmentsRoute } from "./pages/segments/route";
import { settingsRoute } from "./pages/settings/route";
import { Broken, rootRoute } from "./shell/root";

/** All pages. Each is a folder in pages with its route and, loaded when it is opened, its page. */
const pages = [
  overviewRoute,
  dataRoute,
  importRoute,
  customersRoute,
  customerRoute,
  segmentsRoute,
  segmentRoute,
  builderRoute,
  settingsRoute,
  joinRoute,
  discoveriesRoute,
  discoveryRoute,
  proofsRoute,
  proofRoute,
];

export const router = createRouter({
  routeTree: rootRoute.addChildren(pages),
  defaultErrorComponent: Broken,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 100,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
