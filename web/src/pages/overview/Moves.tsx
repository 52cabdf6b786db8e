import { useMediaQuery } from "@mantine/hooks";
import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../../parts/chart/Chart";
import { messages } from "./messages";

/** Moves draws who joined and who left each segment. */
export function Moves({ movements }: { movements: Schema["Movement"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const rows = useMemo(
    () =>
      movements
        .filter((m) => m.joined + m.left > 0)
        .map((m) => ({ name: m.segment, joined: m.joined, left: m.left }))
        .sort((a, b) => b.joined + b.left - a.joined - a.left)
        .slice(0, 15),
    [movements],
  );
  const narrow = useMediaQuery("(max-width: 48em)") ?? false;
  const option = useMemo(() => {
    const bar = (colour: string, position: string, values: number[]) => ({
      type: "bar",
      stack: "moves",
      barMaxWidth: 16,
      itemStyle: { color: colour },
      label: {
        show: true,
        position,
        formatter: (p: { value: number }) => (p.value === 0 ? "" : f.change(p.value)),
      },
      data: values,
    });
    return {
      grid: { left: 0, right: 48, top: 0, bottom: 0, containLabel: true },
      xAxis: {
        type: "value",
        show: false,
        min: (v: { min: number; max: number }) => v.min - (v.max - v.min) * (narrow ? 0.3 : 0.2),
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map((r) => r.name),
        axisLine: { show: false },
        axisLabel: { width: 150, overflow: "truncate" },
      },
      tooltip: { trigger: "item" },
      series: [
        bar(
          "#D55E00",
          "left",
          rows.map((r) => -r.left),
        ),
        bar(
          "#0072B2",
          "right",
          rows.map((r) => r.joined),
        ),
      ],
    };
  }, [rows, f, narrow]);
  const first = rows[0];
  if (!first) return null;
  return (
    <Chart
      title={t.moves}
      summary={t.movesSummary(rows.length, first.name, f.count(first.joined), f.count(first.left))}
      option={option}
      height={Math.max(64, rows.length * 26)}
      table={{
        columns: [
          { label: t.segment },
          { label: t.joined, right: true, format: (v) => f.count(Number(v)) },
          { label: t.left, right: true, format: (v) => f.count(Number(v)) },
        ],
        rows: rows.map((r) => [r.name, r.joined, r.left]),
      }}
    />
  );
}
