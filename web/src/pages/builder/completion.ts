import type { Schema } from "../../api/client";
import type { Frequent } from "./Fields";
import { named } from "./startersOf";

type Catalogue = Schema["Catalogue"];

/** Words of the language that completion offers. */
const keywords = [
  "and",
  "or",
  "not",
  "did",
  "did not",
  "where",
  "within last",
  "days",
  "weeks",
  "months",
  "between",
  "in",
  "in segment",
  "at least",
  "at most",
  "exactly",
  "times",
  "once",
  "twice",
  "then",
  "is known",
  "is unknown",
  "contains",
  "starts with",
  "sum",
  "avg",
  "count of",
  "count distinct",
  "first",
  "last",
  "more than",
  "ago",
  "in top",
  "everyone",
  "as of",
  "resumed",
  "joined segment",
  "left segment",
];

/** Offer is what can be put in, what kind of thing it is, and what is worth knowing of it. */
export interface Offer {
  insert: string;
  kind: "trait" | "event" | "property" | "segment" | "value" | "word";
  /** Of a value: in how large a part of those that are known it occurs. */
  share?: number;
  /** Of a name: its label, where that is another. */
  label?: string;
}

/** How many are offered. */
const most = 8;

/** wordBefore is what is being written at the caret: a name, or a text from its quote. */
export function wordBefore(text: string, caret: number): { word: string; from: number; quoted: boolean } {
  const before = text.slice(0, caret);
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1) {
    const from = before.lastIndexOf('"') + 1;
    return { word: before.slice(from), from, quoted: true };
  }
  const word = /[\p{L}\p{N}_.]*$/u.exec(before)?.[0] ?? "";
  return { word, from: caret - word.length, quoted: false };
}

/** What stands before the word tells what kind of name is meant. */
const afterEvent = /(?:\bdid(?:\s+not)?|\bof|\bthen(?:\s+not)?|\bresumed|\b(?:first|last)|\bany of \([^()]*,?)\s+$/iu;
const insideWhere = /([\p{L}\p{N}_.]+)(?:\s+(?!and\b|or\b)[\p{L}\p{N}_]+)*?\s+where\s*\([^()]*$/iu;
const compared =
  /([\p{L}\p{N}_.]+|`[^`]+`)\s*(?:not\s+)?(?:=|!=|in\s*\([^()]*|(?:contains|starts with|ends with)(?:\s+any of\s*\([^()]*)?|includes(?:\s+(?:any|all) of\s*\([^()]*)?)\s*$/iu;

/** offersOf completes what is being written from the catalogue: what fits the place comes first. */
export function offersOf(
  text: string,
  caret: number,
  c: Catalogue,
  values: (name: string, event: string | undefined) => Frequent[],
): Offer[] {
  const { word, from, quoted } = wordBefore(text, caret);
  const lower = word.toLowerCase();
  const fits = (s: string) => s.toLowerCase().startsWith(lower) && s.toLowerCase() !== lower;
  const before = text.slice(0, quoted ? from - 1 : from);
  const where = insideWhere.exec(before)?.[1]?.toLowerCase();
  const event = c.events.find((e) => e.name.toLowerCase() === where);
  if (quoted) {
    if (/segment\s+$/i.test(before))
      return c.segments
        .filter((s) => fits(s.name))
        .map((s) => ({ insert: s.name.replaceAll('"', '""'), kind: "segment" }));
    const name = compared.exec(before)?.[1]?.replaceAll("`", "");
    if (!name) return [];
    return values(name, event?.name)
      .filter((v) => fits(v.value))
      .slice(0, most)
      .map((v) => ({ insert: v.value.replaceAll('"', '""'), kind: "value", share: v.share }));
  }
  // After did and of an event must come, so they are offered before the first letter.
  const wantsEvent = afterEvent.test(before);
  if (word === "" && !wantsEvent) return [];
  const of = (x: { name: string; label: string }, kind: Offer["kind"]): Offer => ({
    insert: named(x.name),
    kind,
    ...(x.label !== x.name ? { label: x.label } : {}),
  });
  const traits = c.traits.map((x) => of(x, "trait"));
  const events = c.events.map((x) => of(x, "event"));
  const properties = (event ? [event] : c.events).flatMap((e) => e.properties.map((x) => of(x, "property")));
  const words = keywords.map<Offer>((insert) => ({ insert, kind: "word" }));
  const all = wantsEvent
    ? [...events, ...(word === "" ? [] : words)]
    : event
      ? [...properties, ...words]
      : [...traits, ...events, ...properties, ...words];
  const seen = new Set<string>();
  return all
    .filter(
      (o) => (fits(o.insert) || (o.label && word !== "" && fits(o.label))) && !seen.has(o.insert) && seen.add(o.insert),
    )
    .slice(0, most);
}
