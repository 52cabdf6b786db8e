import type { Format } from "./format";

/** shown writes a value of any type. */
export function shown(v: unknown, f: Format, none = "–"): string {
  if (v === null || v === undefined) return none;
  if (typeof v === "number") return f.number(v);
  if (typeof v === "boolean") return v ? "✓" : "✗";
  if (Array.isArray(v)) return v.join(", ");
  if (typeof v === "string") return /^\d{4}-\d\d-\d\d(T|$)/.test(v) ? (v.length > 10 ? f.dateTime(v) : f.date(v)) : v;
  const place = v as { lat?: number; lon?: number };
  return place.lat !== undefined ? `${f.number(place.lat)}; ${f.number(place.lon ?? 0)}` : String(v);
}
