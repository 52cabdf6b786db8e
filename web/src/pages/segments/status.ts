import type { Schema } from "../../api/client";

export const statuses = ["failed", "never", "changed", "fresh"] as const;

export type Status = (typeof statuses)[number];

/** statusOf says in a word how a segment is: failed, never refreshed, changed since, or fine. */
export function statusOf(s: Schema["Segment"]): Status {
  if (s.failed) return "failed";
  if (!s.run) return "never";
  return s.run.version < s.version ? "changed" : "fresh";
}

export const statusColours = { failed: "red", never: "gray", changed: "yellow", fresh: "teal" } as const;
