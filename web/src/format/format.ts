import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { settingsQuery } from "../api/queries";
import { type Language, useLanguage } from "../i18n/language";

const locales: Record<Language, string> = { en: "en-GB", da: "da-DK" };

/** Numbers below are short enough in full: Danish has no short form of a thousand that people know. */
const wholeBelow: Record<Language, number> = { en: 10_000, da: 1_000_000 };

export type Format = ReturnType<typeof makeFormat>;

/**
 * makeFormat writes numbers and dates as the language does, in the workspace's time zone and currency. Where the
 * currency is not known, amounts are plain numbers.
 */
export function makeFormat(language: Language, timeZone: string, currency: string | undefined) {
  const inCurrency = currency ? ({ style: "currency", currency, currencyDisplay: "narrowSymbol" } as const) : {};
  const locale = locales[language];
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const exact = new Intl.NumberFormat(locale, { maximumSignificantDigits: 17 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const columnPercent = new Intl.NumberFormat(locale, {
    style: "percent",
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const difference = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    signDisplay: "exceptZero",
  });
  const wholePercent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const signed = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, signDisplay: "exceptZero" });
  const money = new Intl.NumberFormat(locale, {
    ...inCurrency,
    maximumFractionDigits: 0,
  });
  const shortMoney = new Intl.NumberFormat(locale, {
    ...inCurrency,
    notation: "compact",
    maximumSignificantDigits: 3,
  });
  const signedPercent = new Intl.NumberFormat(locale, {
    style: "percent",
    maximumFractionDigits: 1,
    signDisplay: "exceptZero",
  });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone });
  const plainDay = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
  const minute = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  });
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });

  const dateOf = (v: string) =>
    /^\d{4}-\d\d-\d\d$/.test(v) ? plainDay.format(new Date(`${v}T00:00:00Z`)) : day.format(new Date(v));
  return {
    locale,
    timeZone,
    /** With at most two decimals: 12,345.67. */
    number: (v: number) => number.format(v),
    /** With all its decimals: 0.00125. */
    exact: (v: number) => exact.format(v),
    /** Without decimals: 12,346. */
    count: (v: number) => whole.format(v),
    /** With a sign: +312. */
    change: (v: number) => signed.format(v),
    /** Short, for axes and tiles: 12.3K. */
    short: (v: number) => (Math.abs(v) < wholeBelow[language] ? number.format(v) : compact.format(v)),
    /** A fraction as a percentage: 0.615 is 61.5%. */
    percent: (v: number) => percent.format(v),
    /** As percent, always with one decimal, for columns. */
    columnPercent: (v: number) => columnPercent.format(v),
    /** With a sign and always two decimals, for columns of differences: +0.40. */
    difference: (v: number) => difference.format(v),
    wholePercent: (v: number) => wholePercent.format(v),
    /** An amount in the workspace's currency. */
    money: (v: number) => money.format(v),
    /** An amount for a sentence: kr 3.17m. */
    shortMoney: (v: number) => shortMoney.format(v),
    /** A change as a percentage: +7.8%. */
    signedPercent: (v: number) => signedPercent.format(v),
    /** A date, or the day of an instant. */
    date: dateOf,
    /** An instant to the minute. */
    dateTime: (v: string) => minute.format(new Date(v)),
    /** The day that an as-of instant ends, or the instant where it is none. */
    asOf: (v: string) => {
      const t = new Date(v);
      return clock.format(t) === "00:00:00" ? day.format(new Date(t.getTime() - 1)) : minute.format(t);
    },
    /** How long ago, as "3 days ago". */
    ago: (v: string, now = Date.now()) => {
      const seconds = (new Date(v).getTime() - now) / 1000;
      const units: [Intl.RelativeTimeFormatUnit, number][] = [
        ["year", 31557600],
        ["month", 2629800],
        ["week", 604800],
        ["day", 86400],
        ["hour", 3600],
        ["minute", 60],
      ];
      for (const [unit, size] of units) {
        if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
      }
      return relative.format(0, "second");
    },
    /** Bytes as kB, MB or GB. */
    bytes: (v: number) => {
      const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
      const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(v, 1)) / 3));
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit: units[step],
        unitDisplay: "short",
        maximumFractionDigits: step === 0 ? 0 : 1,
      }).format(v / 1000 ** step);
    },
    /** Seconds, as "40 sec" or "3 min". */
    duration: (seconds: number) => {
      const [unit, size] = seconds >= 5400 ? ["hour", 3600] : seconds >= 90 ? ["minute", 60] : (["second", 1] as const);
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit: unit as string,
        unitDisplay: "short",
        maximumFractionDigits: seconds < 10 || size === 3600 ? 1 : 0,
      }).format(seconds / Number(size));
    },
    /** Names in a row: "a, b and c". */
    list: (items: string[]) => list.format(items),
  };
}

/** useFormat returns the formats for the person's language and the workspace's settings. */
export function useFormat(): Format {
  const { language } = useLanguage();
  const { data } = useQuery(settingsQuery);
  const zone = data?.time_zone ?? "UTC";
  const currency = data?.currency;
  return useMemo(() => makeFormat(language, zone, currency), [language, zone, currency]);
}
