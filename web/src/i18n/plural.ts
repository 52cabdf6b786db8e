/**
 * plural chooses by a written number. In English and in Danish the singular is for 1
 * alone, so a count needs no more rules than that.
 */
export function plural(n: string | number, one: string, other: string): string {
  return `${n}` === "1" ? one : other;
}

/** ended ends a sentence that may have ended with an abbreviation, as 12 kr. does. */
export function ended(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}
