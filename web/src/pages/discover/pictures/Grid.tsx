import { useMemo } from "react";
import type { Schema } from "../../../api/client";
import { useFormat } from "../../../format/format";
import { useMessages } from "../../../i18n/language";
import { Chart } from "../../../parts/chart/Chart";
import { colourOf, numbered } from "../measures";
import { messages } from "../messages";

/**
 * Grid lays the segments over scores of recency and frequency: the colour is the mean value, the number how
 * many customers, and the figure in front the segment that most of them are in.
 */
export function Grid({ solution: s, cuts }: { solution: Schema["Solution"]; cuts: number[][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const option = useMemo(
    () => (width: number) => {
      const most = Math.max(...s.grid.map((c) => c.recency));
      const narrow = width < 560;
      // Quantiles of recency rise with the days; the highest score is the most recent.
      const days = [...(cuts[0] ?? [])].sort((a, b) => b - a);
      const times = cuts[1] ?? [];
      const from = (i: number, at: number[]) =>
        i === 0 ? `≤ ${f.number(at[0] ?? 0)}` : `> ${f.number(at[i - 1] ?? 0)}`;
      const recent = (i: number) => (i === 0 ? `> ${f.number(days[0] ?? 0)}` : `≤ ${f.number(days[i - 1] ?? 0)}`);
      const scores = Array.from({ length: most }, (_, i) => i);
      const highest = Math.max(...s.grid.map((c) => c.monetary), 1);
      return {
        grid: { left: narrow ? 64 : 110, right: 8, top: 8, bottom: 48 },
        tooltip: {
          formatter: (p: { data: { cell: Schema["GridCell"] } }) => {
            const c = p.data.cell;
            return [
              t.scores(c.recency, c.frequency),
              t.customersOf(f.count(c.members)),
              t.meanValue(f.money(c.monetary)),
              ...(c.segment > 0 ? [t.mostly(numbered(s)[c.segment - 1] ?? "")] : []),
            ].join("\n");
          },
        },
        xAxis: {
          type: "category",
          name: t.frequencyScore,
          nameLocation: "middle",
          nameGap: 30,
          data: scores.map((i) => (narrow ? `${i + 1}` : `${i + 1}  (${from(i, times)})`)),
          axisLine: { show: false },
        },
        yAxis: {
          type: "category",
          name: t.recencyScore,
          nameLocation: "middle",
          nameGap: narrow ? 40 : 94,
          data: scores.map((i) => (narrow ? `${i + 1}` : `${i + 1}  (${recent(i)})`)),
          axisLine: { show: false },
        },
        visualMap: {
          show: false,
          min: 0,
          max: highest,
          dimension: 2,
          inRange: { color: ["#EDEFF3", "#A8CCE4", "#0072B2", "#003f66"] },
        },
        series: [
          {
            type: "heatmap",
            itemStyle: { borderWidth: 2, borderColor: "transparent" },
            label: {
              show: true,
              fontSize: 11,
              formatter: (p: { data: { cell: Schema["GridCell"] } }) => {
                const c = p.data.cell;
                return c.members === 0 ? "" : `${c.segment > 0 ? `{m|${c.segment}} ` : ""}${f.count(c.members)}`;
              },
            },
            data: s.grid.map((c) => ({
              value: [c.frequency - 1, c.recency - 1, c.monetary],
              cell: c,
              label: {
                color: c.monetary > highest * 0.4 ? "#ffffff" : "#1f2328",
                rich: {
                  m: {
                    color: "#1f2328",
                    backgroundColor: "#ffffff",
                    borderColor: colourOf(Math.max(0, c.segment - 1)),
                    borderWidth: 2,
                    borderRadius: 8,
                    padding: [1, 5],
                    fontWeight: 700,
                    fontSize: 11,
                  },
                },
              },
            })),
          },
        ],
      };
    },
    [s, cuts, f, t],
  );
  if (s.grid.length === 0) return null;
  return (
    <Chart
      title={t.grid}
      summary={t.gridSummary(s.grid.length)}
      why={t.gridWhy}
      option={option}
      height={300}
      table={{
        columns: [
          { label: t.recencyScore, right: true },
          { label: t.frequencyScore, right: true },
          { label: t.customers, right: true, format: (v) => f.count(Number(v)) },
          { label: t.meanValueLabel, right: true, format: (v) => f.money(Number(v)) },
          { label: t.segment },
        ],
        rows: s.grid.map((c) => [c.recency, c.frequency, c.members, c.monetary, numbered(s)[c.segment - 1] ?? "–"]),
      }}
    />
  );
}
