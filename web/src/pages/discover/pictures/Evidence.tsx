import { useMemo } from "react";
import type { Schema } from "../../../api/client";
import { useFormat } from "../../../format/format";
import { useMessages } from "../../../i18n/language";
import { Chart } from "../../../parts/chart/Chart";
import { okabeIto } from "../../../parts/chart/colours";
import { messages } from "../messages";

type Solution = Schema["Solution"];

/** Evidence shows what speaks for each number of segments: three figures over one axis of k. */
export function Evidence(props: {
  solutions: Solution[];
  recommended: number;
  chosen: number;
  onChoose: (k: number) => void;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const { solutions, recommended, chosen, onChoose } = props;
  const likelihood = solutions.some((s) => s.bic !== null && s.bic !== undefined);
  const option = useMemo(() => {
    const ks = solutions.map((s) => String(s.k));
    const at = solutions.findIndex((s) => s.k === chosen);
    const panels = [
      { name: t.stability, top: 30, height: 108 },
      { name: t.silhouetteAndChance, top: 176, height: 72 },
      { name: likelihood ? t.bicLess : t.scree, top: 284, height: 54 },
    ];
    const mark = {
      symbol: "none",
      silent: true,
      label: { show: false },
      lineStyle: { color: "#6f7787", type: "dashed" },
      data: [{ xAxis: at }],
    };
    const line = (axis: number, data: (number | null | undefined)[], colour: string, type = "solid") => ({
      type: "line",
      xAxisIndex: axis,
      yAxisIndex: axis,
      data,
      symbolSize: 6,
      lineStyle: { width: 2, type, color: colour },
      itemStyle: { color: colour },
      ...(type === "solid" ? { markLine: mark } : {}),
    });
    const spread = solutions.every((s) => s.stability.spread.length === 5);
    return {
      grid: panels.map(({ top, height }) => ({ left: 52, right: 12, top, height })),
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      tooltip: {
        trigger: "axis",
        formatter: (p: { dataIndex: number }[]) => {
          const s = solutions[p[0]?.dataIndex ?? 0];
          if (!s) return "";
          const [, low, middle, high] = s.stability.spread;
          return [
            t.segmentsOf(s.k),
            t.stabilityIs(f.number(s.stability.global)),
            ...(low !== undefined && middle !== undefined && high !== undefined
              ? [t.middleHalf(f.number(low), f.number(middle), f.number(high))]
              : []),
            `${t.silhouette} ${f.number(s.silhouette)}, ${t.byChance} ${f.number(s.chance)}`,
            s.bic !== null && s.bic !== undefined ? `BIC ${f.count(s.bic)}` : `${t.withinSS} ${f.number(s.within_ss)}`,
          ].join("\n");
        },
      },
      xAxis: panels.map((_, i) => ({
        type: "category",
        gridIndex: i,
        boundaryGap: true,
        data: ks,
        name: i === 2 ? t.number : undefined,
        nameLocation: "middle",
        nameGap: 26,
        axisLabel: {
          show: i === 2,
          formatter: (k: string) => (Number(k) === recommended ? `{b|${k} ★}` : k),
          rich: { b: { fontWeight: 700, fontSize: 12 } },
        },
      })),
      yAxis: panels.map(({ name }, i) => ({
        type: "value",
        gridIndex: i,
        name,
        nameGap: 12,
        nameTextStyle: { align: "left", padding: [0, 0, 0, -44], fontSize: 12 },
        scale: i === 2,
        ...(i === 0 ? { max: 1, min: spread ? (v: { min: number }) => Math.floor(v.min * 5) / 5 : 0 } : {}),
        splitNumber: i === 0 ? 4 : 2,
        axisLabel: { formatter: (v: number) => (i === 2 ? f.short(v) : f.number(v)) },
      })),
      series: [
        ...(spread
          ? [
              {
                type: "boxplot",
                data: solutions.map((s) => s.stability.spread),
                boxWidth: [8, 36],
                itemStyle: { color: "rgba(0,114,178,0.16)", borderColor: okabeIto[0], borderWidth: 1.5 },
                markLine: mark,
              },
            ]
          : [
              line(
                0,
                solutions.map((s) => s.stability.global),
                okabeIto[0],
              ),
            ]),
        line(
          1,
          solutions.map((s) => s.silhouette),
          okabeIto[1],
        ),
        line(
          1,
          solutions.map((s) => s.chance),
          okabeIto[1],
          "dotted",
        ),
        line(
          2,
          solutions.map((s) => (likelihood ? s.bic : s.within_ss)),
          okabeIto[2],
        ),
      ],
    };
  }, [solutions, recommended, chosen, likelihood, f, t]);
  const best = solutions.reduce((a, b) => (b.stability.global > a.stability.global ? b : a));
  const number = (v: unknown) => (v === null || v === undefined ? "–" : f.number(Number(v)));
  const first = solutions[0];
  return (
    <Chart
      title={t.compared}
      summary={t.comparedSummary(best.k, f.number(best.stability.global))}
      why={t.comparedWhy(f.count(first?.stability.pairs ?? 0), f.count(first?.stability.rows ?? 0), likelihood)}
      option={option}
      height={380}
      onClick={(p) => {
        const s = solutions[p.dataIndex];
        if (s) onChoose(s.k);
      }}
      table={{
        columns: [
          "k",
          t.stability,
          t.lowest,
          t.lowerQuarter,
          t.median,
          t.upperQuarter,
          t.highest,
          t.halves,
          t.earlier,
          t.silhouette,
          t.chance,
          t.withinSS,
          "Calinski–Harabasz",
          "Davies–Bouldin",
          "BIC",
        ].map((label, i) => ({ label, right: true, ...(i > 0 ? { format: number } : {}) })),
        rows: solutions.map((s) => [
          s.k,
          s.stability.global,
          ...[0, 1, 2, 3, 4].map((i) => s.stability.spread[i] ?? null),
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
