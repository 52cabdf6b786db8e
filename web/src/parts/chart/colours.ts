/**
 * The colours of Okabe and Ito, which people with any colour vision can tell
 * apart (Color Universal Design, 2008), but for black, which the dark scheme
 * has no room for.
 */
export const okabeIto = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442"] as const;

/** segmentColour gives a segment the same colour everywhere, by its name. */
export function segmentColour(name: string): string {
  let hash = 2166136261;
  for (const c of name) hash = Math.imul(hash ^ (c.codePointAt(0) ?? 0), 16777619) >>> 0;
  // Yellow comes last and is left out: it is too light for lines on white.
  return okabeIto[hash % (okabeIto.length - 1)] ?? okabeIto[0];
}
