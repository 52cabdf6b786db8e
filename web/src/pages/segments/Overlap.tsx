import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../../parts/chart/Chart";
import { segmentColour } from "../../parts/chart/colours";
import { messages } from "./Segments";

const shownAtMost = 20;

/**
 * Overlap draws intersections as an UpSet plot (Lex et al., 2014): a bar per
 * combination, and under it a dot for each segment that is in it.
 */
export function Overlap({ overlap }: { overlap: Schema["Overlap"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const sets = overlap.segments;
  const parts = useMemo(() => overlap.intersections.slice(0, shownAtMost), [overlap]);
  const option = useMemo(() => {
    const columns = parts.map((_, i) => String(i));
    const dots = parts.flatMap((p, x) =>
      sets.map((s, y) => ({
        value: [x, y],
        itemStyle: { color: p.segments.includes(s.name) ? segmentColour(s.name) : "#8a93a333" },
      })),
    );
    const lines = parts.flatMap((p, x) => {
      const rows = sets.flatMap((s, y) => (p.segments.includes(s.name) ? [y] : []));
      const [low, high] = [Math.min(...rows), Math.max(...rows)];
      return rows.length > 1
        ? [
            {
              coords: [
                [x, low],
                [x, high],
              ],
            },
          ]
        : [];
    });
    const matrix = sets.length * 24 + 8;
    return {
      grid: [
        { left: 160, right: 8, top: 20, height: 140 },
        { left: 160, right: 8, top: 170, height: matrix },
      ],
      xAxis: [
        { type: "category", data: columns, gridIndex: 0, axisLabel: { show: false }, axisLine: { show: false } },
        { type: "category", data: columns, gridIndex: 1, axisLabel: { show: false }, axisLine: { show: false } },
      ],
      yAxis: [
        { type: "value", gridIndex: 0, axisLabel: { formatter: (v: number) => f.short(v) } },
        {
          type: "category",
          gridIndex: 1,
          inverse: true,
          data: sets.map((s) => s.name),
          axisLine: { show: false },
          axisLabel: { width: 150, overflow: "truncate" },
        },
      ],
      tooltip: {
        trigger: "item",
        formatter: (p: { dataIndex: number; seriesIndex: number }) => {
          const part = parts[p.seriesIndex === 0 ? p.dataIndex : Math.floor(p.dataIndex / sets.length)];
          return part ? `${t.only(f.list(part.segments))}: ${f.count(part.members)}` : "";
        },
      },
      series: [
        {
          type: "bar",
          xAxisIndex: 0,
          yAxisIndex: 0,
          barMaxWidth: 24,
          itemStyle: { color: "#5b6472", borderRadius: [2, 2, 0, 0] },
          label: { show: true, position: "top", formatter: (p: { value: number }) => f.short(p.value) },
          data: parts.map((p) => p.members),
        },
        { type: "scatter", xAxisIndex: 1, yAxisIndex: 1, symbolSize: 12, data: dots, z: 3 },
        ...lines.map((l) => ({
          type: "line",
          xAxisIndex: 1,
          yAxisIndex: 1,
          data: l.coords,
          symbol: "none",
          silent: true,
          lineStyle: { color: "#5b6472", width: 2 },
        })),
      ],
    };
  }, [parts, sets, f, t]);
  const first = parts[0];
  return (
    <Chart
      title={t.overlapTitle(f.asOf(overlap.as_of))}
      summary={first ? t.overlapSummary(f.list(first.segments), f.count(first.members)) : t.noOverlap}
      option={option}
      height={190 + sets.length * 24}
      table={{
        columns: [{ label: t.combination }, { label: t.members, right: true, format: (v) => f.count(Number(v)) }],
        rows: overlap.intersections.map((p) => [t.only(f.list(p.segments)), p.members]),
      }}
    />
  );
}
