import { useMemo } from "react";
import type { Schema } from "../../../api/client";
import { useFormat } from "../../../format/format";
import { useMessages } from "../../../i18n/language";
import { Chart } from "../../../parts/chart/Chart";
import { colourOf, measureName, numbered } from "../measures";
import { messages } from "../messages";

/** arrows is how many features the picture points out. */
const arrows = 6;

/** density smooths where values lie into a curve of height at most 1 (a triangular kernel on a grid). */
function density(values: number[], from: number, to: number, steps = 60): [number, number][] {
  const width = (to - from) / 12;
  const curve = Array.from({ length: steps + 1 }, (_, i): [number, number] => {
    const x = from + ((to - from) * i) / steps;
    return [x, values.reduce((sum, v) => sum + Math.max(0, 1 - Math.abs(v - x) / width), 0)];
  });
  const top = Math.max(...curve.map(([, y]) => y), 1e-9);
  return curve.map(([x, y]) => [x, y / top]);
}

/**
 * Separation shows profiles on the two directions in which they differ most, with outlines of the segments,
 * how densely they lie along the first, and the features that the directions are made of.
 */
export function Separation({ picture, solution: s }: { picture: Schema["Picture"]; solution: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const option = useMemo(() => {
    const labels = picture.labels[String(s.k)] ?? [];
    const groups = s.segments.map((_, i) => picture.points.filter((_, j) => labels[j] === i));
    const closed = (outline: number[][] | undefined) => (outline?.[0] ? [...outline, outline[0]] : []);
    const xs = picture.points.map((p) => p[0] ?? 0);
    const ys = picture.points.map((p) => p[1] ?? 0);
    const range = { from: Math.min(...xs), to: Math.max(...xs) };
    const strongest = [...picture.axes]
      .sort((a, b) => Math.hypot(...b.weight) - Math.hypot(...a.weight))
      .slice(0, arrows);
    const reach =
      (0.8 * Math.min(Math.max(...xs.map(Math.abs)), Math.max(...ys.map(Math.abs)))) /
      Math.max(...strongest.map((a) => Math.hypot(...a.weight)), 1e-9);
    const axis = (i: number) => ({
      type: "value",
      scale: true,
      gridIndex: 0,
      name: t.direction(f.percent(picture.shares[i] ?? 0)),
      nameLocation: "middle",
      nameGap: i === 0 ? 26 : 34,
      axisLabel: { formatter: (v: number) => f.number(v) },
      splitLine: { show: false },
    });
    return {
      grid: [
        { left: 48, right: 12, top: 52, bottom: 44 },
        { left: 48, right: 12, top: 4, height: 40 },
      ],
      xAxis: [
        {
          ...axis(0),
          min: range.from,
          max: range.to,
          axisLabel: { formatter: (v: number) => f.number(v), showMinLabel: false, showMaxLabel: false },
        },
        { type: "value", gridIndex: 1, show: false, min: range.from, max: range.to },
      ],
      yAxis: [axis(1), { type: "value", gridIndex: 1, show: false, min: 0, max: 1 }],
      series: [
        ...groups.map((data, i) => ({
          type: "scatter",
          data,
          symbolSize: 4,
          itemStyle: { color: colourOf(i), opacity: 0.45 },
          silent: true,
          large: data.length > 2000,
        })),
        ...s.segments.flatMap((x, i) => [
          {
            type: "line",
            data: closed(x.outline),
            symbol: "none",
            silent: true,
            lineStyle: { color: colourOf(i), width: 1, type: "dashed", opacity: 0.7 },
          },
          {
            type: "line",
            data: closed(x.hull),
            symbol: "none",
            silent: true,
            lineStyle: { color: colourOf(i), width: 2 },
          },
          {
            type: "line",
            xAxisIndex: 1,
            yAxisIndex: 1,
            data: density(
              (groups[i] ?? []).map((p) => p[0] ?? 0),
              range.from,
              range.to,
            ),
            symbol: "none",
            silent: true,
            lineStyle: { color: colourOf(i), width: 1.5 },
            areaStyle: { color: colourOf(i), opacity: 0.12 },
          },
        ]),
        ...strongest.map((a) => ({
          type: "line",
          silent: true,
          z: 4,
          lineStyle: { color: "#7d8594", width: 1 },
          itemStyle: { color: "#7d8594" },
          data: [
            { value: [0, 0], symbol: "none" },
            {
              value: [(a.weight[0] ?? 0) * reach, (a.weight[1] ?? 0) * reach],
              symbol: "circle",
              symbolSize: 4,
              label: {
                show: true,
                position: (a.weight[1] ?? 0) > 0 ? "top" : "bottom",
                formatter: measureName(a),
                fontSize: 11,
              },
            },
          ],
        })),
        {
          type: "scatter",
          silent: true,
          z: 100,
          symbolSize: 2,
          data: s.segments.map((x, i) => ({
            value: x.center,
            label: {
              show: true,
              position: "inside",
              formatter: `${i + 1}`,
              fontWeight: 700,
              fontSize: 14,
              color: "#1f2328",
              backgroundColor: "#ffffff",
              borderColor: colourOf(i),
              borderWidth: 2,
              padding: [3, 7],
              borderRadius: 9,
            },
          })),
        },
      ],
    };
  }, [picture, s, f, t]);
  return (
    <Chart
      title={t.separation}
      summary={t.separationSummary(s.segments.length)}
      why={t.separationWhy(
        f.count(picture.points.length),
        f.percent((picture.shares[0] ?? 0) + (picture.shares[1] ?? 0)),
        numbered(s).join("\n"),
      )}
      option={option}
      height={380}
      table={{
        columns: [
          { label: t.feature },
          { label: t.across1, right: true, format: (v) => f.number(Number(v)) },
          { label: t.across2, right: true, format: (v) => f.number(Number(v)) },
        ],
        rows: picture.axes.map((a) => [measureName(a), a.weight[0] ?? 0, a.weight[1] ?? 0]),
      }}
    />
  );
}
