import { createRoute } from "@tanstack/react-router";
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
    ...(tabs.includes(s.tab as SettingsTab) ? { tab: s.tab as SettingsTab } : {}),
    ...(typeof s.actor === "string" && s.actor !== "" ? { actor: s.actor } : {}),
  }),
}).lazy(() => import("./Settings").then((m) => m.page));
