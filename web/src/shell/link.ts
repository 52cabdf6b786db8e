/*
 * What a link carries, people write too: each of these gives what can be used
 * of it, or undefined. A route names every key, so that nothing else comes through.
 */

/** text reads a text; one that looks like a number is one too. */
export const text = (v: unknown) =>
  typeof v === "string" && v !== "" ? v : typeof v === "number" ? String(v) : undefined;

/** oneOf reads one of a few words. */
export const oneOf = <T extends string>(v: unknown, words: readonly T[]) => words.find((w) => w === v);

/** count reads a whole number from 1. */
export const count = (v: unknown) => (typeof v === "number" && Number.isSafeInteger(v) && v > 0 ? v : undefined);

/** day reads a day of the calendar, as 2011-12-09, of which data can tell. */
export function day(v: unknown) {
  if (typeof v !== "string" || !/^(19|[2-8]\d)\d\d-\d\d-\d\d$/.test(v)) return undefined;
  const at = new Date(`${v}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(v) ? v : undefined;
}
