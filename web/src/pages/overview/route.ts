import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "../../shell/root";

export const overviewRoute = createRoute({ getParentRoute: () => rootRoute, path: "/" }).lazy(() =>
  import("./Overview").then((m) => m.page),
);
