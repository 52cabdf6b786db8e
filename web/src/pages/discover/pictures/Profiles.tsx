import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { Schema } from "../../../api/client";
import { useFormat } from "../../../format/format";
import { useMessages } from "../../../i18n/language";
import { Chart } from "../../../parts/chart/Chart";
import { colourOf, isShare, measureText, numbered, rowsOf } from "../measures";
import { messages } from "../messages";

const most = 16;
const rowHeight = 18;

/**
 * Profiles is the segment profile plot: for each segment bars of its means, a line where the population is,
 * and in colour what tells it apart (Dolnicar, Grün and Leisch 2018, section 8.1).
 */
export function Profiles({ solution: s }: { solution: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const ink = useComputedColorScheme("light") === "dark" ? "#ffffff" : "#1f2328";
  const rows = useMemo(() => rowsOf(s, most), [s]);
  // Of shares the bar's full length is all; of other figures the largest mean.
  const full = useMemo(
    () =>
      rows.map((r) =>
        isShare(r.any.kind) ? 1 : Math.max(...r.of.map((m) => Math.abs(m?.mean ?? 0)), r.any.all, 1e-9),
      ),
    [rows],
  );
  const panel = rows.length * rowHeight + 48;
  const perRow = (width: number) => Math.max(1, Math.min(s.segments.length, Math.floor((width - 130) / 190)));
  const option = useMemo(
    () => (width: number) => {
      const columns = Math.max(1, Math.min(s.segments.length, Math.floor((width - 130) / 190)));
      const left = Math.min(150, width * 0.34);
      const each = (width - left - 8) / columns;
      const names = numbered(s);
      const at = (i: number) => ({ column: i % columns, row: Math.floor(i / columns) });
      return {
        title: s.segments.map((_, i) => ({
          text: names[i],
          left: left + at(i).column * each,
          top: at(i).row * panel + 4,
          textStyle: { fontSize: 12, fontWeight: 600, color: colourOf(i), width: each - 12, overflow: "truncate" },
          padding: 0,
        })),
        grid: s.segments.map((_, i) => ({
          left: left + at(i).column * each,
          width: each - 54,
          top: at(i).row * panel + 24,
          height: rows.length * rowHeight,
        })),
        tooltip: {
          formatter: (p: { seriesIndex: number; dataIndex: number }) => {
            const m = rows[p.dataIndex]?.of[Math.floor(p.seriesIndex / 2)];
            return m
              ? `${names[Math.floor(p.seriesIndex / 2)]}\n${rows[p.dataIndex]?.name}: ${measureText(m, m.mean, f, t.days)} ${t.against(measureText(m, m.all, f, t.days))}`
              : "";
          },
        },
        xAxis: s.segments.map((_, i) => ({ type: "value", gridIndex: i, min: 0, max: 1, show: false })),
        yAxis: s.segments.map((_, i) => ({
          type: "category",
          gridIndex: i,
          inverse: true,
          data: rows.map((r) => r.name),
          axisLine: { show: true },
          axisLabel: { show: at(i).column === 0, width: left - 12, overflow: "truncate", interval: 0, fontSize: 11 },
        })),
        series: s.segments.flatMap((_, i) => [
          {
            type: "bar",
            xAxisIndex: i,
            yAxisIndex: i,
            barWidth: 11,
            data: rows.map((r, y) => ({
              value: Math.max(0, (r.of[i]?.mean ?? 0) / (full[y] ?? 1)),
              itemStyle: { color: r.of[i]?.mark ? colourOf(i) : "rgba(141,149,163,0.45)" },
            })),
            label: {
              show: true,
              position: "right",
              fontSize: 10,
              formatter: (p: { dataIndex: number }) => {
                const m = rows[p.dataIndex]?.of[i];
                return m ? measureText(m, m.mean, f, t.daysShort) : "";
              },
            },
          },
          {
            // Where the population is.
            type: "scatter",
            xAxisIndex: i,
            yAxisIndex: i,
            silent: true,
            z: 5,
            symbol: "rect",
            symbolSize: [2.5, 16],
            itemStyle: { color: ink },
            data: rows.map((r, y) => [Math.max(0, r.any.all / (full[y] ?? 1)), y]),
          },
        ]),
      };
    },
    [rows, full, panel, ink, s, f, t],
  );
  return (
    <Chart
      title={t.profilePlot}
      summary={t.profileSummary(rows.length, s.segments.length)}
      why={t.profileWhy}
      option={option}
      height={(width) => Math.ceil(s.segments.length / perRow(width)) * panel}
      table={{
        columns: [
          { label: t.segment },
          { label: t.feature },
          { label: t.members, right: true },
          { label: t.all, right: true },
          { label: t.effect, right: true, format: (v) => f.number(Number(v)) },
        ],
        rows: s.segments.flatMap((_, i) =>
          rows.flatMap((r) => {
            const m = r.of[i];
            return m
              ? [
                  [
                    numbered(s)[i] ?? "",
                    r.name,
                    measureText(m, m.mean, f, t.days),
                    measureText(m, m.all, f, t.days),
                    m.effect,
                  ],
                ]
              : [];
          }),
        ),
      }}
    />
  );
}
