import type { Schema } from "../../api/client";

/** The figures that the API computes for a list, in the order in which they are offered. */
export const figures = ["company", "persons", "first_seen", "last_purchase", "purchases", "value", "segments"] as const;
export type Figure = (typeof figures)[number];

/** A column of the list: a figure, or a trait. In links figures begin with a colon. */
export type Column = { figure: Figure } | { trait: Schema["TraitRef"] };

export const codeOf = (c: Column) => ("figure" in c ? `:${c.figure}` : c.trait.name);

/** sortOf is what a column is sorted by, as the API wants it; undefined where it cannot be. */
export function sortOf(c: Column): string | undefined {
  if ("figure" in c) return c.figure === "segments" || c.figure === "company" ? undefined : c.figure;
  return c.trait.type === "list" || c.trait.type === "location" ? undefined : `\`${c.trait.name}\``;
}

/** offered are all columns of a kind that the workspace has data for. */
export function offered(c: Schema["Catalogue"], kind: "person" | "company"): Column[] {
  const has: Record<Figure, boolean> = {
    company: kind === "person" && c.traits.some((t) => t.kind === "company"),
    persons: kind === "company",
    first_seen: true,
    last_purchase: c.events.length > 0,
    purchases: c.events.length > 0,
    value: c.events.length > 0,
    segments: c.segments.length > 0,
  };
  return [
    ...c.traits.filter((t) => t.kind === kind).map((trait) => ({ trait })),
    ...figures.filter((f) => has[f]).map((figure) => ({ figure })),
  ];
}

/** The names of traits that say what somebody is called. */
export const called = /^((full|first|last|company|firma)_?)?(name|names|navn)$|^(fornavn|efternavn|firma)$/;
const places = /^(country|land|city|by)$/;

/** usual are the columns that most want to see: who it is, where, what they bought, and in which segments they are. */
export function usual(all: Column[]): Column[] {
  const traits = all.filter((c) => "trait" in c && c.trait.type !== "list" && c.trait.type !== "location");
  const like = (re: RegExp) => traits.filter((c) => "trait" in c && re.test(c.trait.name.toLowerCase()));
  const first = [...like(called), ...like(places)].slice(0, 4);
  const rest = traits.filter((c) => !first.includes(c)).slice(0, Math.max(0, 3 - first.length));
  return [...first, ...rest, ...all.filter((c) => "figure" in c && c.figure !== "first_seen")];
}

/** chosen are the columns of a link, those that there are. */
export function chosen(all: Column[], cols: string | undefined): Column[] {
  if (cols === undefined) return usual(all);
  return cols.split(",").flatMap((code) => all.find((c) => codeOf(c) === code) ?? []);
}
