import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../../parts/chart/Chart";
import { okabeIto } from "../../parts/chart/colours";
import { measureName, measureText } from "./Card";
import { messages } from "./Discoveries";

/** colourOf gives the segments of a solution colours, in their order. */
export const colourOf = (i: number) => okabeIto[i % (okabeIto.length - 1)] ?? okabeIto[0];

/** Compared shows for each number of segments what speaks for it. */
export function Compared(props: { solutions: Schema["Solution"][]; chosen: number; onChoose: (k: number) => void }) {
  const t = useMessages(messages);
  const f = useFormat();
  const { solutions, chosen, onChoose } = props;
  const likelihood = solutions.some((s) => s.bic !== null && s.bic !== undefined);
  const option = useMemo(() => {
    const line = (name: string, data: (number | null | undefined)[], i: number, type = "solid", axis = 0) => ({
      name,
      type: "line",
      yAxisIndex: axis,
      data,
      symbolSize: 7,
      lineStyle: { width: 2, type, color: okabeIto[i] },
      itemStyle: { color: okabeIto[i] },
      endLabel: { show: true, formatter: "{a}", color: "inherit", distance: 6 },
    });
    return {
      grid: { left: 0, right: likelihood ? 130 : 110, top: 16, bottom: 6, containLabel: true },
      tooltip: { trigger: "axis", valueFormatter: (v: number) => (v === null || v === undefined ? "–" : f.number(v)) },
      xAxis: { type: "category", boundaryGap: true, data: solutions.map((s) => String(s.k)) },
      yAxis: [
        { type: "value", min: 0, max: 1, axisLabel: { formatter: (v: number) => f.number(v) } },
        { type: "value", scale: true, show: false },
      ],
      series: [
        {
          ...line(
            t.stability,
            solutions.map((s) => s.stability.global),
            0,
          ),
          markLine: {
            symbol: "none",
            silent: true,
            label: { show: false },
            lineStyle: { color: "#6f7787", type: "dashed" },
            data: [{ xAxis: solutions.findIndex((s) => s.k === chosen) }],
          },
        },
        line(
          t.silhouette,
          solutions.map((s) => s.silhouette),
          1,
        ),
        line(
          t.chance,
          solutions.map((s) => s.chance),
          1,
          "dotted",
        ),
        ...(likelihood
          ? [
              line(
                "BIC",
                solutions.map((s) => s.bic),
                2,
                "solid",
                1,
              ),
            ]
          : []),
      ],
    };
  }, [solutions, chosen, likelihood, f, t]);
  const best = solutions.reduce((a, b) => (b.stability.global > a.stability.global ? b : a));
  const number = (v: unknown) => (v === null || v === undefined ? "–" : f.number(Number(v)));
  return (
    <Chart
      title={t.compared}
      summary={t.comparedSummary(best.k, f.number(best.stability.global))}
      option={option}
      height={300}
      onClick={(p) => {
        const s = solutions[p.dataIndex];
        if (s) onChoose(s.k);
      }}
      table={{
        columns: [
          { label: "k", right: true },
          { label: t.stability, right: true, format: number },
          { label: t.halves, right: true, format: number },
          { label: t.earlier, right: true, format: number },
          { label: t.silhouette, right: true, format: number },
          { label: t.chance, right: true, format: number },
          { label: t.withinSS, right: true, format: number },
          { label: "Calinski–Harabasz", right: true, format: number },
          { label: "Davies–Bouldin", right: true, format: number },
          { label: "BIC", right: true, format: number },
        ],
        rows: solutions.map((s) => [
          s.k,
          s.stability.global,
          s.stability.split_half,
          s.stability.time_shift ?? null,
          s.silhouette,
          s.chance,
          s.within_ss,
          s.calinski_harabasz,
          s.davies_bouldin,
          s.bic ?? null,
        ]),
      }}
    />
  );
}

/** Separation shows profiles on the two directions in which they differ most, with outlines of the segments. */
export function Separation({ picture, solution }: { picture: Schema["Picture"]; solution: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const option = useMemo(() => {
    const labels = picture.labels[String(solution.k)] ?? [];
    const groups = solution.segments.map((_, i) => picture.points.filter((_, j) => labels[j] === i).slice(0, 1500));
    const closed = (outline: number[][] | undefined) => (outline?.[0] ? [...outline, outline[0]] : []);
    return {
      grid: { left: 20, right: 8, top: 16, bottom: 24, containLabel: true },
      xAxis: {
        type: "value",
        scale: true,
        name: t.direction(f.percent(picture.shares[0] ?? 0)),
        nameLocation: "middle",
        nameGap: 24,
        axisLabel: { formatter: (v: number) => f.number(v) },
      },
      yAxis: {
        type: "value",
        scale: true,
        name: t.direction(f.percent(picture.shares[1] ?? 0)),
        nameLocation: "middle",
        nameGap: 28,
        axisLabel: { formatter: (v: number) => f.number(v) },
      },
      series: [
        ...groups.map((data, i) => ({
          type: "scatter",
          name: `${i + 1}`,
          data,
          symbolSize: 4,
          itemStyle: { color: colourOf(i), opacity: 0.45 },
          silent: true,
          large: data.length > 2000,
        })),
        ...solution.segments.map((s, i) => ({
          type: "line",
          data: closed(s.hull),
          symbol: "none",
          silent: true,
          lineStyle: { color: colourOf(i), width: 2 },
        })),
        {
          type: "scatter",
          silent: true,
          z: 100,
          symbolSize: 2,
          data: solution.segments.map((s, i) => ({
            value: s.center,
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
  }, [picture, solution, f, t]);
  return (
    <Chart
      title={t.separation}
      summary={t.separationSummary(solution.segments.length)}
      option={option}
      height={300}
      table={{
        columns: [
          { label: t.feature },
          { label: t.across1, right: true, format: (v) => f.number(Number(v)) },
          { label: t.across2, right: true, format: (v) => f.number(Number(v)) },
        ],
        rows: picture.axes.map((a) => [
          a.level ? `${a.feature} = ${a.level}` : a.feature,
          a.weight[0] ?? 0,
          a.weight[1] ?? 0,
        ]),
      }}
    />
  );
}

/** nameOf names a row of the heat map. */
function nameOf(r: (Schema["Measure"] | undefined)[]): string {
  const m = r.find((x) => x !== undefined);
  return m ? measureName(m) : "";
}

/** cell is a field of the heat map; its text is readable on its colour. */
const cell = (x: number, y: number, effect: number) => ({
  value: [x, y, Math.max(-1.5, Math.min(1.5, effect))],
  label: { color: effect > 0.9 ? "#ffffff" : "#1f2328" },
});

/** HeatMap shows every feature of every segment against all: blue is more, orange less, a dot marks it. */
export function HeatMap({ solution: s }: { solution: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  // Each segment lists its features by how much they mark it; a row is one feature of all.
  const rows = useMemo(() => {
    const names = [...new Set(s.segments.flatMap((x) => x.profile.map(measureName)))].slice(0, 40);
    return names.map((name) => s.segments.map((x) => x.profile.find((m) => measureName(m) === name)));
  }, [s]);
  const option = useMemo(
    () => ({
      grid: { left: 0, right: 8, top: 28, bottom: 6, containLabel: true },
      xAxis: {
        type: "category",
        position: "top",
        data: s.segments.map((x, i) => `${i + 1}  ${x.name}`),
        axisLine: { show: false },
        axisLabel: { interval: 0, width: Math.floor(760 / s.segments.length), overflow: "truncate" },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map(nameOf),
        axisLine: { show: false },
        axisLabel: { width: 180, overflow: "truncate" },
      },
      tooltip: {
        formatter: (p: { value: [number, number, number] }) => {
          const m = rows[p.value[1]]?.[p.value[0]];
          return m
            ? `${s.segments[p.value[0]]?.name}\n${measureName(m)}: ${measureText(m, m.mean, f, t.days)} ${t.against(measureText(m, m.all, f, t.days))}`
            : "";
        },
      },
      visualMap: {
        show: false,
        min: -1.5,
        max: 1.5,
        inRange: { color: ["#D55E00", "#F2C9A8", "#EDEFF3", "#A8CCE4", "#0072B2"] },
      },
      series: [
        {
          type: "heatmap",
          data: rows.flatMap((r, y) => r.flatMap((m, x) => (m ? [cell(x, y, m.effect)] : []))),
          itemStyle: { borderWidth: 2, borderColor: "transparent" },
          label: {
            show: true,
            fontSize: 11,
            formatter: (p: { value: [number, number, number] }) => {
              const m = rows[p.value[1]]?.[p.value[0]];
              return m ? `${m.mark ? "● " : ""}${measureText(m, m.mean, f, t.days)}` : "";
            },
          },
        },
      ],
    }),
    [rows, s, f, t],
  );
  return (
    <Chart
      title={t.heatMap}
      summary={t.heatMapSummary(rows.length, s.segments.length)}
      option={option}
      height={40 + rows.length * 28}
      table={{
        columns: [
          { label: t.feature },
          { label: t.all, right: true },
          ...s.segments.map((x, i) => ({ label: `${i + 1} ${x.name}`, right: true })),
        ],
        rows: rows.map((r) => [
          nameOf(r),
          r[0] ? measureText(r[0], r[0].all, f, t.days) : "",
          ...r.map((m) => (m ? measureText(m, m.mean, f, t.days) : "")),
        ]),
      }}
    />
  );
}
