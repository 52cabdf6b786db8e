import type { Schema } from "../../api/client";
import type { Format } from "../../format/format";
import { okabeIto } from "../../parts/chart/colours";

type Measure = Schema["Measure"];
type Solution = Schema["Solution"];

/** colourOf gives the segments of a solution colours, in their order. */
export const colourOf = (i: number) => okabeIto[i % (okabeIto.length - 1)] ?? okabeIto[0];

/** measureName names a feature, with its category. */
export const measureName = (m: { feature: string; level?: string }) =>
  m.level ? `${m.feature} = ${m.level}` : m.feature;

export const isShare = (kind: string) => kind === "flag" || kind === "share" || kind === "category";

/** measureText writes a mean or a share as its kind is read. */
export function measureText(m: { kind: string }, v: number, f: Format, days: (n: string) => string): string {
  if (isShare(m.kind)) return f.percent(v);
  return m.kind === "days" ? days(f.count(v)) : f.number(v);
}

/** direction marks what a segment has clearly more or less of than the others. */
export const direction = (m: Measure) => (m.mark ? (m.effect > 0 ? "▲" : "▼") : "");

/** numbered names the segments with their numbers, as pictures and cards do. */
export const numbered = (s: Solution) => s.segments.map((x, i) => `${i + 1} ${x.name}`);

/**
 * rowsOf are the features of all segments, what separates them best first; a
 * row is one feature, or one text of a category, by segment.
 */
export function rowsOf(s: Solution, most: number): { name: string; of: (Measure | undefined)[]; any: Measure }[] {
  const apart = new Map(s.separators.map((x) => [x.feature, x.effect]));
  const all = new Map<string, Measure>();
  for (const x of s.segments) for (const m of x.profile) if (!all.has(measureName(m))) all.set(measureName(m), m);
  return [...all]
    .sort(([, a], [, b]) => (apart.get(b.feature) ?? 0) - (apart.get(a.feature) ?? 0))
    .slice(0, most)
    .map(([name, any]) => ({ name, any, of: s.segments.map((x) => x.profile.find((m) => measureName(m) === name)) }));
}
