import { useMemo } from "react";
import type { Schema } from "../../../api/client";
import { useFormat } from "../../../format/format";
import { useMessages } from "../../../i18n/language";
import { Chart } from "../../../parts/chart/Chart";
import { direction, measureText, numbered, rowsOf } from "../measures";
import { messages } from "../messages";

/** Effects from here on have the strongest colours. */
const strongest = 1.5;

/** HeatMap shows every feature of every segment against all: blue is more, orange less, an arrow marks it. */
export function HeatMap({ solution: s }: { solution: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const rows = useMemo(() => rowsOf(s, 40), [s]);
  const option = useMemo(
    () => (width: number) => {
      const left = Math.min(180, width * 0.3);
      const cell = (width - left - 16) / (s.segments.length + 1);
      const text = (x: number, y: number) => {
        const r = rows[y];
        const m = r?.of[x - 1];
        if (x === 0) return r ? measureText(r.any, r.any.all, f, t.days) : "";
        if (!m) return "";
        const mark = direction(m);
        return cell < 62 ? mark : `${mark ? `${mark} ` : ""}${measureText(m, m.mean, f, t.days)}`;
      };
      return {
        grid: { left, right: 8, top: 28, bottom: 6 },
        xAxis: {
          type: "category",
          position: "top",
          data: [t.all, ...(cell < 90 ? s.segments.map((_, i) => String(i + 1)) : numbered(s))],
          axisLine: { show: false },
          axisLabel: { interval: 0, width: cell - 8, overflow: "truncate" },
        },
        yAxis: {
          type: "category",
          inverse: true,
          data: rows.map((r) => r.name),
          axisLine: { show: false },
          axisLabel: { width: left - 12, overflow: "truncate" },
        },
        tooltip: {
          formatter: (p: { value: [number, number, number] }) => {
            const r = rows[p.value[1]];
            const m = r?.of[p.value[0] - 1];
            if (!r || p.value[0] === 0 || !m) return "";
            return [
              numbered(s)[p.value[0] - 1],
              `${r.name}: ${measureText(m, m.mean, f, t.days)} ${t.against(measureText(m, m.all, f, t.days))}`,
              t.effectIs(f.number(m.effect), m.mark),
            ].join("\n");
          },
        },
        visualMap: {
          show: false,
          min: -strongest,
          max: strongest,
          seriesIndex: 0,
          inRange: { color: ["#D55E00", "#F2C9A8", "#EDEFF3", "#A8CCE4", "#0072B2"] },
        },
        series: [
          {
            type: "heatmap",
            data: rows.flatMap((r, y) =>
              r.of.flatMap((m, x) =>
                m
                  ? [
                      {
                        value: [x + 1, y, Math.max(-strongest, Math.min(strongest, m.effect))],
                        label: { color: m.effect > 0.9 ? "#ffffff" : "#1f2328" },
                      },
                    ]
                  : [],
              ),
            ),
            itemStyle: { borderWidth: 2, borderColor: "transparent" },
            label: {
              show: true,
              fontSize: 11,
              formatter: (p: { value: [number, number] }) => text(p.value[0], p.value[1]),
            },
          },
          {
            // What all have, beside it, without a colour.
            type: "scatter",
            silent: true,
            symbolSize: 0,
            data: rows.map((_, y) => [0, y]),
            label: { show: true, fontSize: 11, formatter: (p: { value: [number, number] }) => text(0, p.value[1]) },
          },
        ],
      };
    },
    [rows, s, f, t],
  );
  return (
    <Chart
      title={t.heatMap}
      summary={t.heatMapSummary(rows.length, s.segments.length)}
      why={t.heatMapWhy}
      option={option}
      height={40 + rows.length * 28}
      table={{
        columns: [
          { label: t.feature },
          { label: t.all, right: true },
          ...numbered(s).map((label) => ({ label, right: true })),
        ],
        rows: rows.map((r) => [
          r.name,
          measureText(r.any, r.any.all, f, t.days),
          ...r.of.map((m) => (m ? `${direction(m)} ${measureText(m, m.mean, f, t.days)}`.trim() : "")),
        ]),
      }}
    />
  );
}
