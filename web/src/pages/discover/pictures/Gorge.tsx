import { useMemo } from "react";
import type { Schema } from "../../../api/client";
import { useFormat } from "../../../format/format";
import { useMessages } from "../../../i18n/language";
import { Chart } from "../../../parts/chart/Chart";
import { colourOf, numbered } from "../measures";
import { messages } from "../messages";

const panel = 132;
const perRow = (width: number, k: number) => Math.max(1, Math.min(k, Math.floor(width / 200)));

/** Gorge is a histogram of similarity for each segment; a gorge in the middle shows that it is apart. */
export function Gorge({ solution: s }: { solution: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const bins = s.segments[0]?.similarity.length ?? 0;
  const bin = (i: number) => `${f.number(i / bins)}–${f.number((i + 1) / bins)}`;
  const option = useMemo(
    () => (width: number) => {
      const columns = perRow(width, s.segments.length);
      const each = (width - 40) / columns;
      const top = (i: number) => Math.floor(i / columns) * panel;
      const left = (i: number) => 40 + (i % columns) * each;
      const names = numbered(s);
      const highest = Math.max(...s.segments.flatMap((x) => x.similarity));
      return {
        title: s.segments.map((_, i) => ({
          text: names[i],
          left: left(i),
          top: top(i) + 4,
          padding: 0,
          textStyle: { fontSize: 12, fontWeight: 600, color: colourOf(i), width: each - 16, overflow: "truncate" },
        })),
        grid: s.segments.map((_, i) => ({ left: left(i), width: each - 16, top: top(i) + 24, height: panel - 54 })),
        tooltip: {
          formatter: (p: { seriesIndex: number; dataIndex: number; value: number }) =>
            `${names[p.seriesIndex]}\n${t.similarityIs(
              `${f.number(p.dataIndex / bins)}–${f.number((p.dataIndex + 1) / bins)}`,
              f.percent(p.value),
            )}`,
        },
        xAxis: s.segments.map((x, i) => ({
          type: "category",
          gridIndex: i,
          data: x.similarity.map((_, b) => b),
          axisLabel: {
            interval: (b: number) => b === 0 || b === bins / 2 || b === bins - 1,
            formatter: (b: string) => f.number(Number(b) === bins - 1 ? 1 : Number(b) / bins),
          },
        })),
        yAxis: s.segments.map((_, i) => ({
          type: "value",
          gridIndex: i,
          max: highest,
          splitNumber: 2,
          axisLabel: { show: i % columns === 0, formatter: (v: number) => f.wholePercent(v) },
        })),
        series: s.segments.map((x, i) => ({
          type: "bar",
          xAxisIndex: i,
          yAxisIndex: i,
          barCategoryGap: "8%",
          itemStyle: { color: colourOf(i) },
          data: x.similarity,
        })),
      };
    },
    [s, bins, f, t],
  );
  if (bins === 0) return null;
  return (
    <Chart
      title={t.gorge}
      summary={t.gorgeSummary(s.segments.length)}
      why={t.gorgeWhy}
      option={option}
      height={(width) => Math.ceil(s.segments.length / perRow(width, s.segments.length)) * panel}
      table={{
        columns: [
          { label: t.similarity },
          ...numbered(s).map((label) => ({ label, right: true, format: (v: unknown) => f.percent(Number(v)) })),
        ],
        rows: Array.from({ length: bins }, (_, b) => [bin(b), ...s.segments.map((x) => x.similarity[b] ?? 0)]),
      }}
    />
  );
}
