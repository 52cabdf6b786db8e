import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../../parts/chart/Chart";
import { okabeIto } from "../../parts/chart/colours";
import { alike } from "./digits";
import { messages } from "./messages";

/** Size draws the members over the dates. */
export function Size({ proof: s }: { proof: Schema["SegmentProof"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const option = useMemo(
    () => ({
      grid: { left: 0, right: 16, top: 16, bottom: 6, containLabel: true },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", boundaryGap: false, data: s.points.map((p) => f.asOf(p.as_of)) },
      yAxis: { type: "value", axisLabel: { formatter: (v: number) => f.short(v) } },
      series: [
        {
          type: "line",
          name: t.members,
          data: s.points.map((p) => p.members),
          symbolSize: 6,
          lineStyle: { width: 2, color: okabeIto[0] },
          itemStyle: { color: okabeIto[0] },
          areaStyle: { color: okabeIto[0], opacity: 0.08 },
        },
      ],
    }),
    [s, f, t],
  );
  const count = (v: unknown) => (v === null ? "–" : f.count(Number(v)));
  const share = (v: unknown) => (v === null ? "–" : f.percent(Number(v)));
  return (
    <Chart
      title={t.size}
      why={t.sizeWhy}
      summary={t.sizeSummary(f.count(s.points[0]?.members ?? 0), f.count(s.points.at(-1)?.members ?? 0))}
      option={option}
      height={240}
      table={{
        columns: [
          { label: t.date, format: (v) => f.asOf(String(v)) },
          { label: t.members, right: true, format: count },
          { label: t.joined, right: true, format: count },
          { label: t.left, right: true, format: count },
          { label: t.stayed, right: true, format: share },
          { label: t.share, right: true, format: share },
          { label: t.revenueShare, right: true, format: share },
        ],
        rows: s.points.map((p) => [
          p.as_of,
          p.members,
          p.joined ?? null,
          p.left ?? null,
          p.stayed ?? null,
          p.share,
          p.revenue_share ?? null,
        ]),
      }}
    />
  );
}

/** Outcome draws what members did after each date against what others did, with 95 % intervals. */
export function Outcome({
  proof: s,
  rate,
  outcome,
}: {
  proof: Schema["SegmentProof"];
  rate: boolean;
  outcome: string;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const points = useMemo(() => s.points.flatMap((p) => (p.outcome ? [{ ...p, outcome: p.outcome }] : [])), [s]);
  const option = useMemo(() => {
    const write = (v: number) => (rate ? f.percent(v) : f.number(v));
    // The axis reaches as far as the intervals.
    const ends = points.flatMap(({ outcome: o }) => [o.members.low, o.members.high, o.others.low, o.others.high]);
    const group = (pick: (o: Schema["OutcomeComparison"]) => Schema["Figure"], name: string, i: number) => {
      const all = points.map((p) => pick(p.outcome));
      const colour = okabeIto[i] ?? okabeIto[0];
      return [
        {
          type: "line",
          name,
          data: all.map((x) => x.value),
          symbolSize: 6,
          lineStyle: { width: 2, color: colour },
          itemStyle: { color: colour },
          endLabel: { show: true, formatter: "{a}", color: colour },
        },
        {
          // The interval of each date, as a bar with ends.
          type: "custom",
          name: `${name} 95 %`,
          silent: true,
          tooltip: { show: false },
          data: all.map((x, j) => [j, x.low, x.high]),
          encode: { x: 0, y: [1, 2] }, // the axis has room for the whole of it
          renderItem: (_: unknown, api: { value: (i: number) => number; coord: (v: number[]) => number[] }) => {
            const top = api.coord([api.value(0), api.value(2)]);
            const bottom = api.coord([api.value(0), api.value(1)]);
            const line = (x1: number, y1: number, x2: number, y2: number) => ({
              type: "line",
              shape: { x1, y1, x2, y2 },
              style: { stroke: colour, lineWidth: 1.5 },
            });
            const [x, y1] = [top[0] ?? 0, top[1] ?? 0];
            const y2 = bottom[1] ?? 0;
            return {
              type: "group",
              children: [line(x, y1, x, y2), line(x - 4, y1, x + 4, y1), line(x - 4, y2, x + 4, y2)],
            };
          },
        },
      ];
    };
    return {
      grid: { left: 0, right: 90, top: 16, bottom: 6, containLabel: true },
      tooltip: { trigger: "axis", valueFormatter: (v: unknown) => (typeof v === "number" ? write(v) : "") },
      xAxis: { type: "category", data: points.map((p) => f.asOf(p.as_of)) },
      yAxis: {
        type: "value",
        max: (v: { max: number }) => Math.max(v.max, ...ends),
        min: (v: { min: number }) => Math.min(0, v.min, ...ends),
        axisLabel: {
          formatter: (v: number) => (rate ? f.wholePercent(v) : f.short(v)),
          showMaxLabel: false,
        },
      },
      series: [...group((o) => o.members, t.members, 0), ...group((o) => o.others, t.others, 5)],
    };
  }, [points, rate, f, t]);
  if (points.length === 0) return null;
  const same = alike(
    points.flatMap(({ outcome: o }) => [o.members.value, o.others.value]),
    rate,
    f,
  );
  const write = (v: unknown) => (v === null ? "–" : same(Number(v)));
  const number = (v: unknown) => (v === null ? "–" : f.number(Number(v)));
  const last = points.at(-1);
  return (
    <Chart
      title={t.outcomeAfter(outcome)}
      why={t.outcomeWhy(f.count(points.length))}
      summary={t.outcomeSummary(write(last?.outcome.members.value ?? 0), write(last?.outcome.others.value ?? 0))}
      option={option}
      height={240}
      table={{
        columns: [
          { label: t.date, format: (v) => f.asOf(String(v)) },
          { label: t.members, right: true, format: write },
          { label: t.low, right: true, format: write },
          { label: t.high, right: true, format: write },
          { label: t.others, right: true, format: write },
          { label: t.lift, right: true, format: number },
          { label: t.effect, right: true, format: number },
          { label: "q", right: true, format: number },
        ],
        rows: points.map((p) => [
          p.as_of,
          p.outcome.members.value,
          p.outcome.members.low,
          p.outcome.members.high,
          p.outcome.others.value,
          p.outcome.lift?.value ?? null,
          p.outcome.effect,
          p.outcome.q,
        ]),
      }}
    />
  );
}

/** Retention draws how many members still are members so many dates later. */
export function Retention({ proof: s, every }: { proof: Schema["SegmentProof"]; every: string }) {
  const t = useMessages(messages);
  const f = useFormat();
  const option = useMemo(
    () => ({
      grid: { left: 0, right: 16, top: 16, bottom: 6, containLabel: true },
      tooltip: { trigger: "axis", valueFormatter: (v: number) => f.percent(v) },
      xAxis: { type: "category", data: s.retention.map((r) => String(r.later)) },
      yAxis: { type: "value", min: 0, max: 1, axisLabel: { formatter: (v: number) => f.wholePercent(v) } },
      series: [
        {
          type: "bar",
          name: t.stayed,
          barMaxWidth: 28,
          itemStyle: { color: okabeIto[2], borderRadius: [2, 2, 0, 0] },
          data: s.retention.map((r) => r.share),
        },
      ],
    }),
    [s, f, t],
  );
  return (
    <Chart
      title={t.retention(every)}
      why={t.retentionWhy}
      summary={t.retentionSummary(f.percent(s.retention[0]?.share ?? 0))}
      option={option}
      height={200}
      table={{
        columns: [
          { label: t.later, right: true },
          { label: t.stayed, right: true, format: (v) => f.percent(Number(v)) },
          { label: t.members, right: true, format: (v) => f.count(Number(v)) },
        ],
        rows: s.retention.map((r) => [r.later, r.share, r.of]),
      }}
    />
  );
}
