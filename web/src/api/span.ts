import type { Schema } from "./client";

/** lastDay is the day of the last event, where the data ends before now: what is asked as of it has answers. */
export function lastDay(d: Schema["Data"] | undefined): string | undefined {
  const last = d?.events.reduce((max, e) => (typeof e.last === "string" && e.last > max ? e.last : max), "");
  if (!last || Date.now() - new Date(last).getTime() < 3 * 86_400_000) return undefined;
  return last.slice(0, 10);
}

/** spanOf is the time that events tell of, and steps that give a fair number of dates. */
export function spanOf(
  d: Schema["Data"],
): { from: string; to: string; every: "day" | "week" | "month" | "quarter" } | undefined {
  const bound = (pick: "first" | "last", better: (a: string, b: string) => boolean) =>
    d.events.reduce((best, e) => {
      const v = e[pick];
      return typeof v === "string" && (best === "" || better(v, best)) ? v : best;
    }, "");
  const from = bound("first", (a, b) => a < b);
  const to = bound("last", (a, b) => a > b);
  if (!from || !to) return undefined;
  const days = (new Date(to).getTime() - new Date(from).getTime()) / 86_400_000;
  return {
    from: from.slice(0, 10),
    to: to.slice(0, 10),
    every: days < 40 ? "day" : days < 200 ? "week" : days < 1500 ? "month" : "quarter",
  };
}
