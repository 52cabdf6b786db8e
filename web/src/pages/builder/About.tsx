import { Slider, Tabs } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import type { Schema } from "../../api/client";
import { type Format, useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../../parts/chart/Chart";
import { okabeIto } from "../../parts/chart/colours";
import { DataTable } from "../../parts/DataTable";
import { Empty, Loaded } from "../../parts/states";
import classes from "./builder.module.css";
import { messages } from "./messages";
import { compareQuery, membersQuery, trendQuery } from "./queries";

interface Props {
  expression: string;
  asOf: string | undefined;
  data: Schema["Data"];
  catalogue: Schema["Catalogue"];
  onAsOf: (day: string) => void;
}

/** About shows those who match: over time, what marks them, and some of them. */
export function About(props: Props) {
  const t = useMessages(messages);
  return (
    <Tabs defaultValue="trend">
      <Tabs.List mb="sm">
        <Tabs.Tab value="trend">{t.overTime}</Tabs.Tab>
        <Tabs.Tab value="marks">{t.marks}</Tabs.Tab>
        <Tabs.Tab value="members">{t.members}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="trend">
        <OverTime {...props} />
      </Tabs.Panel>
      <Tabs.Panel value="marks">
        <Marks {...props} />
      </Tabs.Panel>
      <Tabs.Panel value="members">
        <Members {...props} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** spanOf is the time that events tell of, and steps that give a fair number of dates. */
export function spanOf(
  d: Schema["Data"],
): { from: string; to: string; every: "day" | "week" | "month" | "quarter" } | undefined {
  const bound = (pick: "first" | "last", better: (a: string, b: string) => boolean) =>
    d.events.reduce((best, e) => {
      const v = e[pick];
      return typeof v === "string" && (best === "" || better(v, best)) ? v : best;
    }, "");
  const from = bound("first", (a, b) => a < b);
  const to = bound("last", (a, b) => a > b);
  if (!from || !to) return undefined;
  const days = (new Date(to).getTime() - new Date(from).getTime()) / 86_400_000;
  return {
    from: from.slice(0, 10),
    to: to.slice(0, 10),
    every: days < 40 ? "day" : days < 200 ? "week" : days < 1500 ? "month" : "quarter",
  };
}

const dayOf = (asOf: string, timeZone: string) =>
  new Date(new Date(asOf).getTime() - 1).toLocaleDateString("sv-SE", { timeZone });

function OverTime({ expression, asOf, data, onAsOf }: Props) {
  const t = useMessages(messages);
  const span = spanOf(data);
  const q = useQuery({
    ...trendQuery(expression, span?.from ?? "", span?.to ?? "", span?.every ?? "month"),
    enabled: span !== undefined,
  });
  if (!span) return <Empty title={t.noTime} />;
  return <Loaded query={q}>{(trend) => <Trend points={trend.points} asOf={asOf} onAsOf={onAsOf} />}</Loaded>;
}

/** Trend draws the size over time, with the as-of day on a slider under it. */
export function Trend({
  points,
  asOf,
  onAsOf,
}: {
  points: Schema["TrendPoint"][];
  asOf: string | undefined;
  onAsOf?: (day: string) => void;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const days = useMemo(() => points.map((p) => dayOf(p.as_of, f.timeZone)), [points, f]);
  const at = asOf ? days.findLastIndex((d) => d <= asOf.slice(0, 10)) : points.length - 1;
  const [index, setIndex] = useState(at);
  useEffect(() => setIndex(at), [at]);
  const choose = useDebouncedCallback((i: number) => {
    const d = days[i];
    if (d) onAsOf?.(d);
  }, 150);
  const option = useMemo(
    () => ({
      grid: { left: 0, right: 24, top: 16, bottom: 6, containLabel: true },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", boundaryGap: false, data: points.map((p) => f.asOf(p.as_of)) },
      yAxis: { type: "value", minInterval: 1, axisLabel: { formatter: (v: number) => f.short(v) } },
      series: [
        {
          type: "line",
          name: t.members,
          data: points.map((p) => p.count),
          symbolSize: 6,
          lineStyle: { width: 2, color: okabeIto[0] },
          itemStyle: { color: okabeIto[0] },
          areaStyle: { color: okabeIto[0], opacity: 0.08 },
          markLine:
            index >= 0
              ? {
                  symbol: "none",
                  silent: true,
                  lineStyle: { color: "#6f7787", type: "dashed" },
                  label: { show: false },
                  data: [{ xAxis: index }],
                }
              : undefined,
        },
      ],
    }),
    [points, f, t, index],
  );
  const last = points.at(-1);
  if (!last) return <Empty title={t.noTime} />;
  return (
    <>
      <Chart
        title={t.sizeOverTime}
        summary={t.trendSummary(f.count(points[0]?.count ?? 0), f.count(last.count))}
        option={option}
        height={220}
        onClick={(p) => choose(p.dataIndex)}
        table={{
          columns: [
            { label: t.date },
            { label: t.members, right: true, format: (v) => f.count(Number(v)) },
            { label: t.population, right: true, format: (v) => f.count(Number(v)) },
          ],
          rows: points.map((p) => [f.asOf(p.as_of), p.count, p.population]),
        }}
      />
      {onAsOf && points.length > 1 && (
        <div className={classes.slider}>
          <Slider
            aria-label={t.asOfSlider}
            thumbLabel={t.asOfSlider}
            min={0}
            max={points.length - 1}
            step={1}
            value={Math.max(0, index)}
            label={(v) => (days[v] ? f.date(days[v] as string) : "")}
            onChange={(v) => {
              setIndex(v);
              choose(v);
            }}
          />
          <div className={classes.quiet}>{t.sliderHint(asOf ? f.date(asOf) : t.now)}</div>
        </div>
      )}
    </>
  );
}

function Marks({ expression, asOf }: Props) {
  return <MarksOf expression={expression} asOf={asOf} />;
}

/** figureOf writes one figure of a mark. */
function figureOf(m: Schema["Mark"], v: number, f: Format, t: (typeof messages)["en"]): string {
  if (m.figure === "share") return f.percent(v);
  if (m.figure === "days") return t.daysAgo(f.count(v));
  return f.number(v);
}

/** MarksOf shows in what those who match differ from everybody. */
export function MarksOf({ expression, asOf }: { expression: string; asOf: string | undefined }) {
  const t = useMessages(messages);
  const f = useFormat();
  const q = useQuery(compareQuery(expression, asOf));
  return (
    <Loaded query={q}>
      {(c) =>
        c.marks.length === 0 ? (
          <Empty title={t.noMarks}>{t.noMarksText}</Empty>
        ) : (
          <>
            <DataTable
              label={t.marks}
              rows={c.marks}
              rowKey={(m) => `${m.term} ${String(m.value)}`}
              columns={[
                {
                  key: "term",
                  label: t.markTerm,
                  cell: (m) => (
                    <>
                      {m.term}
                      {m.figure === "share" && m.value !== true ? <b> = {String(m.value)}</b> : null}
                    </>
                  ),
                  value: (m) => m.term,
                },
                {
                  key: "members",
                  label: t.among,
                  cell: (m) => figureOf(m, m.members, f, t),
                  value: (m) => m.members,
                  right: true,
                },
                {
                  key: "all",
                  label: t.amongAll,
                  cell: (m) => figureOf(m, m.all, f, t),
                  value: (m) => m.all,
                  right: true,
                },
                {
                  key: "effect",
                  label: t.effect,
                  cell: (m) => <Effect value={m.effect} />,
                  value: (m) => Math.abs(m.effect),
                  width: 100,
                },
              ]}
            />
            <p className={classes.quiet}>{t.marksNote(f.count(c.members), f.count(c.population), c.share < 1)}</p>
          </>
        )
      }
    </Loaded>
  );
}

/** Effect draws a standardised difference: to the right more, to the left less. */
function Effect({ value }: { value: number }) {
  const f = useFormat();
  const half = Math.min(50, Math.abs(value) * 25);
  return (
    <span className={classes.effect}>
      <span className={classes.effectBar} aria-hidden="true">
        <span
          className={value > 0 ? classes.more : classes.less}
          style={value > 0 ? { left: "50%", width: `${half}%` } : { right: "50%", width: `${half}%` }}
        />
      </span>
      <span className={classes.effectNumber}>
        {value > 0 ? "+" : ""}
        {f.number(value)}
      </span>
    </span>
  );
}

/** shown writes a value of any type. */
export function shown(v: unknown, f: Format, none = "–"): string {
  if (v === null || v === undefined) return none;
  if (typeof v === "number") return f.number(v);
  if (typeof v === "boolean") return v ? "✓" : "✗";
  if (Array.isArray(v)) return v.join(", ");
  if (typeof v === "string") return /^\d{4}-\d\d-\d\d(T|$)/.test(v) ? (v.length > 10 ? f.dateTime(v) : f.date(v)) : v;
  const place = v as { lat?: number; lon?: number };
  return place.lat !== undefined ? `${place.lat.toFixed(4)}, ${place.lon?.toFixed(4)}` : String(v);
}

function Members({ expression, asOf, catalogue }: Props) {
  return <MembersOf expression={expression} asOf={asOf} catalogue={catalogue} />;
}

/** MembersOf lists some of those who match, each with a link to the customer. */
export function MembersOf({
  expression,
  asOf,
  catalogue,
  limit = 20,
}: {
  expression: string;
  asOf: string | undefined;
  catalogue: Schema["Catalogue"];
  limit?: number;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const company = /^\s*(prospect\s+)?companies\s*:/i.test(expression);
  const kind = company ? "company" : "person";
  const traits = useMemo(
    () =>
      catalogue.traits
        .filter((x) => x.kind === kind && x.type !== "location")
        .slice(0, 5)
        .map((x) => x.name),
    [catalogue, kind],
  );
  const q = useQuery(membersQuery(expression, asOf, traits, limit));
  return (
    <Loaded query={q}>
      {(page) =>
        page.members.length === 0 ? (
          <Empty title={t.nobody}>{t.nobodyText}</Empty>
        ) : (
          <>
            <DataTable
              label={t.members}
              rows={page.members}
              rowKey={(m) => m.key}
              columns={[
                {
                  key: "key",
                  label: t.key,
                  cell: (m) => (
                    <Link
                      to="/customers/$key"
                      params={{ key: m.key }}
                      search={{ kind: company ? "company" : undefined, asOf }}
                    >
                      {m.key}
                    </Link>
                  ),
                  value: (m) => m.key,
                },
                ...traits.map((name) => ({
                  key: name,
                  label: name,
                  cell: (m: (typeof page.members)[0]) => shown(m.traits?.[name], f),
                })),
              ]}
            />
            {page.next && <p className={classes.quiet}>{t.firstOf(f.count(page.members.length))}</p>}
          </>
        )
      }
    </Loaded>
  );
}
