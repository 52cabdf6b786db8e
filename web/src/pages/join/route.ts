import { createRoute } from "@tanstack/react-router";
import { joinPath } from "../../access/join";
import { rootRoute } from "../../shell/root";

export const joinRoute = createRoute({ getParentRoute: () => rootRoute, path: joinPath }).lazy(() =>
  import("./Join").then((m) => m.page),
);
