import { useMemo } from "react";
import { da as daFields } from "../i18n/da/fields";
import { da } from "../i18n/da/terms";
import { en as enFields } from "../i18n/en/fields";
import { en } from "../i18n/en/terms";
import { catalogue, useMessages } from "../i18n/language";
import { plural } from "../i18n/plural";

const messages = catalogue(en, da);
const fields = catalogue(enFields, daFields);

const name = "(`[^`]+`|[A-Za-z_][\\w.]*)";
const measure = new RegExp(
  `^(?:(last|first|count of|median gap of) ${name}|([a-z]+(?: distinct)?)\\(${name}\\) of ${name})$`,
);

const plain = (quoted = "") => quoted.replace(/^`|`$/g, "");

/**
 * useTerms returns how built-in traits and the usual measures of the segment language
 * are read: profile.first_seen is "First seen", count of purchase "Number of purchase".
 * Names that people gave stay as they are, and so does what it does not know.
 */
export function useTerms() {
  const t = useMessages(messages);
  const { names } = useMessages(fields);
  return useMemo(() => {
    const term = (text: string): string => {
      const [, of, event, agg, property, whole] = measure.exec(text) ?? [];
      if (agg) return t.aggs[agg]?.(plain(property), plain(whole)) ?? text;
      switch (of) {
        case "last":
          return t.last(plain(event));
        case "first":
          return t.first(plain(event));
        case "count of":
          return t.count(plain(event));
        case "median gap of":
          return t.gap(plain(event));
      }
      return names[text] ?? text;
    };
    /** A value of a trait: groups that kreds names have names to read. */
    const value = (trait: string, v: unknown): unknown =>
      trait === "rfm.group" && typeof v === "string" ? (t.rfmGroups[v] ?? v) : v;
    /** What the rows of an import are: customers, or events:purchase. */
    const rows = (as: string) => (as.startsWith("events:") ? t.eventRows(as.slice(7)) : (t.rows[as] ?? as));
    /** A length of time of the segment language: 90 days. */
    const span = (text: string): string => {
      const [, n, unit] = /^(\d+) ([a-z]+?)s?$/.exec(text.trim()) ?? [];
      const words = t.units[unit ?? ""];
      return n && words ? `${n}\u00a0${plural(n, ...words)}` : text;
    };
    return { term, value, rows, span };
  }, [t, names]);
}
