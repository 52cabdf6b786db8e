/** monthsOf are the names of the months as a locale shortens and writes them, in lower case without full stops. */
const monthsOf = (locale: string) =>
  (["short", "long"] as const).map((month) => {
    const format = new Intl.DateTimeFormat(locale, { month, timeZone: "UTC" });
    return Array.from({ length: 12 }, (_, i) =>
      format
        .format(Date.UTC(2001, i, 15))
        .toLowerCase()
        .replace(/\./g, ""),
    );
  });

/**
 * parseDay reads a day that somebody wrote: 2011-12-09, 9.12.2011, 9/12/2011 or
 * with the month's name in the locale. The day comes before the month. What is
 * no day of the calendar is undefined.
 */
export function parseDay(text: string, locale: string): string | undefined {
  const s = text.trim().toLowerCase();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(s);
  if (iso) return day(iso[1], iso[2], iso[3]);
  const numbers = /^(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})$/.exec(s);
  if (numbers) return day(numbers[3], numbers[2], numbers[1]);
  const named = /^(\d{1,2})\.? +(\p{L}+)\.? +(\d{4})$/u.exec(s);
  const name = named?.[2];
  if (!named || !name) return undefined;
  for (const months of monthsOf(locale)) {
    const at = months.findIndex((m) => m === name || m.slice(0, 3) === name);
    if (at >= 0) return day(named[3], String(at + 1), named[1]);
  }
  return undefined;
}

function day(year?: string, month?: string, date?: string): string | undefined {
  const text = `${year}-${month?.padStart(2, "0")}-${date?.padStart(2, "0")}`;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? text : undefined;
}

/** endedDay is the day that ends with an as-of instant, as links have it. */
export const endedDay = (asOf: string, timeZone: string) =>
  new Date(new Date(asOf).getTime() - 1).toLocaleDateString("sv-SE", { timeZone });
