import { da } from "../i18n/da/fields";
import { en } from "../i18n/en/fields";
import { catalogue, useMessages } from "../i18n/language";

const fields = catalogue(en, da);

/** wordsOf makes a readable label of a name in snake_case: unit_price is "Unit price". */
function wordsOf(name: string): string {
  const words = name.replace(/[._]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** bare is a name without what only divides its words: StockCode and stock_code are one. */
const bare = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/**
 * useLabel says what a trait, property or event is called for people: what kreds names
 * has a text in each language, what was imported its label, or its name in words.
 */
export function useLabel(): (name: string, label?: string) => string {
  const t = useMessages(fields);
  return (name, label) => t.names[name.toLowerCase()] ?? (label && bare(label) !== bare(name) ? label : wordsOf(name));
}
