import { useMemo } from "react";
import type { Schema } from "../../../api/client";
import { useFormat } from "../../../format/format";
import { useMessages } from "../../../i18n/language";
import { Chart } from "../../../parts/chart/Chart";
import { colourOf, numbered } from "../measures";
import { messages } from "../messages";

/**
 * Within shows how well each segment is found again on other samples: the segment-level stability within
 * solutions (SLSW; Dolnicar and Leisch 2017), with the limits of Hennig (2007).
 */
export function Within({ solution: s }: { solution: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const spread = s.stability.within_spread;
  const boxes = spread.length === s.segments.length;
  const option = useMemo(
    () => (width: number) => {
      const room = (width - 60) / s.segments.length;
      return {
        grid: { left: 44, right: 12, top: 12, bottom: 28 },
        tooltip: {
          formatter: (p: { dataIndex: number }) => {
            const [low, , middle, , high] = spread[p.dataIndex] ?? [];
            return [
              numbered(s)[p.dataIndex],
              t.withinIs(f.number(s.stability.within[p.dataIndex] ?? 0)),
              ...(low !== undefined && middle !== undefined && high !== undefined
                ? [t.range(f.number(low), f.number(middle), f.number(high))]
                : []),
            ].join("\n");
          },
        },
        xAxis: {
          type: "category",
          data: room < 70 ? s.segments.map((_, i) => String(i + 1)) : numbered(s),
          axisLabel: { interval: 0, width: room - 8, overflow: "truncate" },
        },
        yAxis: { type: "value", min: 0, max: 1, axisLabel: { formatter: (v: number) => f.number(v) } },
        series: [
          {
            type: boxes ? "boxplot" : "scatter",
            boxWidth: [10, 44],
            data: s.segments.map((_, i) => ({
              value: boxes ? spread[i] : s.stability.within[i],
              itemStyle: boxes
                ? { color: `${colourOf(i)}33`, borderColor: colourOf(i), borderWidth: 1.5 }
                : { color: colourOf(i) },
            })),
            markLine: {
              symbol: "none",
              silent: true,
              lineStyle: { color: "#7d8594", type: "dashed", width: 1 },
              label: { position: "insideEndTop", fontSize: 10, formatter: (p: { name: string }) => p.name },
              data: [
                { yAxis: 0.75, name: t.stableFrom },
                { yAxis: 0.5, name: t.dissolvedBelow },
              ],
            },
          },
        ],
      };
    },
    [s, spread, boxes, f, t],
  );
  const number = (v: unknown) => (v === null || v === undefined ? "–" : f.number(Number(v)));
  return (
    <Chart
      title={t.withinTitle}
      summary={t.withinSummary(f.number(Math.min(...s.stability.within)), f.number(Math.max(...s.stability.within)))}
      why={t.withinWhy(f.count(s.stability.pairs))}
      option={option}
      height={340}
      table={{
        columns: [
          { label: t.segment },
          ...[t.within, t.lowest, t.lowerQuarter, t.median, t.upperQuarter, t.highest].map((label) => ({
            label,
            right: true,
            format: number,
          })),
        ],
        rows: s.segments.map((_, i) => [
          numbered(s)[i] ?? "",
          s.stability.within[i] ?? null,
          ...[0, 1, 2, 3, 4].map((n) => spread[i]?.[n] ?? null),
        ]),
      }}
    />
  );
}
