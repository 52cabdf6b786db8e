import { useMediaQuery } from "@mantine/hooks";
import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../chart/Chart";
import { segmentColour } from "../chart/colours";
import { messages } from "./messages";

/** clipped leaves a name room for the number behind it. */
const clipped = (name: string, most: number) => (name.length > most ? `${name.slice(0, most - 1).trimEnd()}…` : name);

/**
 * Overlap draws intersections as an UpSet plot (Lex et al., 2014): a bar per
 * combination, and under it a dot for each segment that is in it.
 */
export function UpSet({ overlap }: { overlap: Schema["Overlap"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const { sets, all } = useMemo(() => setsOf(overlap, t.thisOne), [overlap, t]);
  const narrow = useMediaQuery("(max-width: 48em)");
  const parts = useMemo(() => all.slice(0, narrow ? 8 : 20), [all, narrow]);
  const option = useMemo(() => {
    const columns = parts.map((_, i) => String(i));
    const dots = parts.flatMap((p, x) =>
      sets.map((s, y) => ({
        value: [x, y],
        itemStyle: { color: p.in.includes(s.name) ? s.colour : "#8a93a333" },
      })),
    );
    const lines = parts.flatMap((p, x) => {
      const rows = sets.flatMap((s, y) => (p.in.includes(s.name) ? [y] : []));
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
    const left = narrow ? 132 : 168;
    const matrix = sets.length * 24 + 8;
    return {
      grid: [
        { left, right: 8, top: 20, height: 140 },
        { left, right: 8, top: 170, height: matrix },
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
          data: sets.map((s) => `${clipped(s.name, narrow ? 10 : 18)} · ${f.short(s.members)}`),
          axisLine: { show: false },
          axisLabel: { width: left - 8, overflow: "truncate" },
        },
      ],
      tooltip: {
        trigger: "item",
        confine: true,
        formatter: (p: { dataIndex: number; seriesIndex: number }) => {
          const part = parts[p.seriesIndex === 0 ? p.dataIndex : Math.floor(p.dataIndex / sets.length)];
          return part ? `${t.only(f.list(part.in))}: ${f.count(part.members)}` : "";
        },
      },
      series: [
        {
          type: "bar",
          xAxisIndex: 0,
          yAxisIndex: 0,
          barMaxWidth: 24,
          itemStyle: { color: "#5b6472", borderRadius: [2, 2, 0, 0] },
          labelLayout: { hideOverlap: true },
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
  }, [parts, sets, narrow, f, t]);
  const first = parts[0];
  return (
    <Chart
      title={t.overlapTitle(f.asOf(overlap.as_of))}
      summary={first ? t.overlapSummary(f.list(first.in), f.count(first.members)) : t.noOverlap}
      option={option}
      height={190 + sets.length * 24}
      table={{
        columns: [{ label: t.combination }, { label: t.members, right: true, format: (v) => f.count(Number(v)) }],
        rows: all.map((p) => [t.only(f.list(p.in)), p.members]),
      }}
    />
  );
}

/** setsOf are the sets in the order of rows, what is edited first, and which of them each combination is in. */
function setsOf(o: Schema["Overlap"], edited: string) {
  const segments = o.segments.map((s) => ({ ...s, colour: segmentColour(s.name) }));
  const own = o.expression ? [{ name: edited, members: o.expression.members, colour: "#5b6472" }] : [];
  return {
    sets: [...own, ...segments],
    all: o.intersections.map((p) => ({
      in: p.expression ? [edited, ...p.segments] : p.segments,
      members: p.members,
    })),
  };
}
