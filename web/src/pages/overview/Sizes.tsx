import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../../parts/chart/Chart";
import { segmentColour } from "../../parts/chart/colours";
import { messages } from "./Overview";

/** Sizes draws the segments as bars, the largest first. */
export function Sizes({ segments, population }: { segments: Schema["Segment"][]; population: number }) {
  const t = useMessages(messages);
  const f = useFormat();
  const rows = useMemo(
    () =>
      segments
        .flatMap((s) => (s.run ? [{ name: s.name, members: s.run.members }] : []))
        .sort((a, b) => b.members - a.members)
        .slice(0, 20),
    [segments],
  );
  const option = useMemo(
    () => ({
      grid: { left: 0, right: 96, top: 0, bottom: 6, containLabel: true },
      xAxis: { type: "value", show: false },
      yAxis: { type: "category", inverse: true, data: rows.map((r) => r.name), axisLine: { show: false } },
      tooltip: { trigger: "item" },
      series: [
        {
          type: "bar",
          barMaxWidth: 16,
          itemStyle: { borderRadius: 2 },
          label: {
            show: true,
            position: "right",
            formatter: (p: { dataIndex: number }) => {
              const n = rows[p.dataIndex]?.members ?? 0;
              return population > 0 ? `${f.count(n)} · ${f.percent(n / population)}` : f.count(n);
            },
          },
          data: rows.map((r) => ({ value: r.members, itemStyle: { color: segmentColour(r.name) } })),
        },
      ],
    }),
    [rows, f, population],
  );
  const largest = rows[0];
  if (!largest) return null;
  return (
    <Chart
      title={t.sizes}
      summary={t.sizesSummary(f.count(rows.length), largest.name, f.count(largest.members))}
      option={option}
      height={Math.max(80, rows.length * 26)}
      table={{
        columns: [
          { label: t.segment },
          { label: t.members, right: true, format: (v) => f.count(Number(v)) },
          { label: t.share, right: true, format: (v) => f.percent(Number(v)) },
        ],
        rows: rows.map((r) => [r.name, r.members, population > 0 ? r.members / population : 0]),
      }}
    />
  );
}
