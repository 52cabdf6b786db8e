import {
  IconCertificate,
  IconDatabase,
  IconLayoutDashboard,
  IconSettings,
  IconSparkles,
  IconUsers,
  IconUsersGroup,
  type TablerIcon,
} from "@tabler/icons-react";
import type { en } from "../i18n/en/common";

export interface NavEntry {
  to: string;
  /** Its name, in nav of the common messages. */
  name: keyof typeof en.nav;
  icon: TablerIcon;
  /** The heading it stands under, in navGroups of the common messages. */
  group?: keyof typeof en.navGroups;
  /** The key after g that goes there. */
  key: string;
}

/** The pages in the navigation, in its order. Only pages that exist stand here. */
export const nav: NavEntry[] = [
  { to: "/", name: "overview", icon: IconLayoutDashboard, key: "o" },
  { to: "/data", name: "data", icon: IconDatabase, group: "know", key: "d" },
  { to: "/customers", name: "customers", icon: IconUsers, group: "know", key: "c" },
  { to: "/segments", name: "segments", icon: IconUsersGroup, group: "segment", key: "s" },
  { to: "/discover", name: "discover", icon: IconSparkles, group: "segment", key: "f" },
  { to: "/prove", name: "prove", icon: IconCertificate, group: "segment", key: "p" },
  { to: "/settings", name: "settings", icon: IconSettings, group: "workspace", key: "e" },
];
