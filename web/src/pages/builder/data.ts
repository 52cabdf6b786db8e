import type { Schema } from "../../api/client";

/** lastDay is the day of the last event, where the data ends before now: what is asked as of it has answers. */
export function lastDay(d: Schema["Data"] | undefined): string | undefined {
  const last = d?.events.reduce((max, e) => (typeof e.last === "string" && e.last > max ? e.last : max), "");
  if (!last || Date.now() - new Date(last).getTime() < 3 * 86_400_000) return undefined;
  return last.slice(0, 10);
}
