import { useMemo } from "react";
import type { Schema } from "../../../api/client";
import { useFormat } from "../../../format/format";
import { useMessages } from "../../../i18n/language";
import { Chart } from "../../../parts/chart/Chart";
import { colourOf } from "../measures";
import { messages } from "../messages";

/**
 * Across shows how segments split and merge from each number of segments to the next: the segment-level
 * stability across solutions (SLSA; Dolnicar and Leisch 2017).
 */
export function Across({ solutions, chosen }: { solutions: Schema["Solution"][]; chosen: number }) {
  const t = useMessages(messages);
  const f = useFormat();
  const flows = useMemo(
    () =>
      solutions.flatMap((s, n) =>
        s.from.flatMap((row, i) =>
          row.flatMap((count, j) => (count > 0 ? [{ from: solutions[n - 1]?.k ?? 0, to: s.k, i, j, count }] : [])),
        ),
      ),
    [solutions],
  );
  const option = useMemo(
    () => (width: number) => {
      const step = (width - 16 - 14) / Math.max(solutions.length - 1, 1);
      return {
        tooltip: {
          formatter: (p: { dataType: string; data: { note?: string } }) => p.data.note ?? "",
        },
        graphic: solutions.map((s, n) => ({
          type: "text",
          silent: true,
          left: 8 + n * step + (n === solutions.length - 1 ? -8 : -2),
          top: 4,
          style: {
            text: `k = ${s.k}`,
            fontSize: 11,
            fontWeight: s.k === chosen ? 700 : 400,
            fill: s.k === chosen ? "#3450c4" : "#7d8594",
          },
        })),
        series: [
          {
            type: "sankey",
            left: 8,
            right: 8,
            top: 26,
            bottom: 4,
            nodeWidth: 14,
            nodeGap: 6,
            // Segments stay in their order, the largest on top.
            layoutIterations: 0,
            draggable: false,
            emphasis: { focus: "adjacency" },
            label: { show: true, position: "inside", color: "#ffffff", fontSize: 10, fontWeight: 700 },
            data: solutions.flatMap((s, n) =>
              s.segments.map((x, i) => ({
                name: `${s.k}/${i + 1}`,
                depth: n,
                value: x.size,
                label: { formatter: `${i + 1}` },
                itemStyle: { color: s.k === chosen ? colourOf(i) : "#7d8594" },
                note: [
                  t.segmentOf(i + 1, s.k, x.name),
                  t.customersOf(f.count(x.size)),
                  ...(n > 0 ? [t.acrossIs(f.number(s.stability.across[i] ?? 0))] : []),
                ].join("\n"),
              })),
            ),
            links: flows.map((l) => ({
              source: `${l.from}/${l.i + 1}`,
              target: `${l.to}/${l.j + 1}`,
              value: l.count,
              lineStyle: {
                color: l.to === chosen ? colourOf(l.j) : l.from === chosen ? colourOf(l.i) : "#9aa1af",
                opacity: l.to === chosen || l.from === chosen ? 0.35 : 0.2,
                curveness: 0.5,
              },
              note: t.flow(f.count(l.count), l.i + 1, l.from, l.j + 1, l.to),
            })),
          },
        ],
      };
    },
    [solutions, flows, chosen, f, t],
  );
  if (flows.length === 0) return null;
  return (
    <Chart
      title={t.acrossTitle}
      summary={t.acrossSummary(solutions[0]?.k ?? 0, solutions.at(-1)?.k ?? 0)}
      why={t.acrossWhy}
      option={option}
      height={340}
      table={{
        columns: [
          { label: t.fromSolution, right: true },
          { label: t.segment, right: true },
          { label: t.toSolution, right: true },
          { label: t.segment, right: true },
          { label: t.customers, right: true, format: (v) => f.count(Number(v)) },
          { label: t.across, right: true, format: (v) => f.number(Number(v)) },
        ],
        rows: flows.map((l) => [
          l.from,
          l.i + 1,
          l.to,
          l.j + 1,
          l.count,
          solutions.find((s) => s.k === l.to)?.stability.across[l.j] ?? null,
        ]),
      }}
    />
  );
}
