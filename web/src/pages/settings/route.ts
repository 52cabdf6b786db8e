import { createRoute } from "@tanstack/react-router";
import { oneOf, text } from "../../shell/link";
import { rootRoute } from "../../shell/root";

export const tabs = ["workspace", "account", "users", "tokens", "audit"] as const;

export type SettingsTab = (typeof tabs)[number];

export interface SettingsSearch {
  tab?: SettingsTab;
  /** Of the audit log: only what this user did. */
  actor?: string;
}

export const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  validateSearch: (s: Record<string, unknown>): SettingsSearch => ({
    tab: oneOf(s.tab, tabs),
    actor: text(s.actor),
  }),
}).lazy(() => import("./Settings").then((m) => m.page));
