import type { Format } from "../../format/format";

/**
 * alike writes figures that stand together with the same number of decimals: what
 * is below 10 has two, below 100 one, and what is larger none; shares have one.
 */
export function alike(values: number[], rate: boolean, f: Format): (v: number) => string {
  const largest = Math.max(0, ...values.map(Math.abs));
  const digits = rate ? 1 : largest < 10 ? 2 : largest < 100 ? 1 : 0;
  const written = new Intl.NumberFormat(f.locale, {
    style: rate ? "percent" : "decimal",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return (v) => written.format(v);
}
