import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../../parts/chart/Chart";
import { segmentColour } from "../../parts/chart/colours";
import { messages } from "./messages";

const shownAtMost = 16;
const grey = "#8a93a3";

/** Flows draws from which segment to which customers moved, as a Sankey diagram. */
export function Flows({ flows }: { flows: Schema["Flow"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  // What went from somewhere to somewhere says most; who came or went otherwise stands in the other picture.
  const between = useMemo(() => flows.filter((x) => x.from && x.to), [flows]);
  const shown = useMemo(() => between.slice(0, shownAtMost), [between]);
  const option = useMemo(() => {
    const names = (end: "from" | "to") => [...new Set(shown.map((x) => x[end] ?? ""))];
    const node = (side: string, name: string) => ({
      name: `${side} ${name}`,
      itemStyle: { color: segmentColour(name) },
      label: { position: side === "<" ? "right" : "left", width: 160, overflow: "truncate", formatter: name },
    });
    return {
      tooltip: {
        trigger: "item",
        formatter: (p: { dataType?: string; dataIndex: number; name: string; value: number }) => {
          const x = p.dataType === "edge" ? shown[p.dataIndex] : undefined;
          return x ? t.flow(x.from ?? "", x.to ?? "", f.count(x.customers)) : `${p.name.slice(2)}: ${f.count(p.value)}`;
        },
      },
      series: [
        {
          type: "sankey",
          left: 0,
          right: 0,
          top: 8,
          bottom: 8,
          nodeWidth: 10,
          nodeGap: 8,
          draggable: false,
          lineStyle: { color: "gradient", opacity: 0.35 },
          edgeLabel: { show: false },
          data: [...names("from").map((n) => node("<", n)), ...names("to").map((n) => node(">", n))],
          links: shown.map((x) => ({ source: `< ${x.from}`, target: `> ${x.to}`, value: x.customers })),
          itemStyle: { color: grey },
        },
      ],
    };
  }, [shown, f, t]);
  const first = shown[0];
  if (!first) return null;
  const rows = Math.max(new Set(shown.map((x) => x.from)).size, new Set(shown.map((x) => x.to)).size);
  return (
    <Chart
      title={t.flows}
      summary={t.flowsSummary(between.length, t.flow(first.from ?? "", first.to ?? "", f.count(first.customers)))}
      option={option}
      height={Math.max(160, rows * 34)}
      table={{
        columns: [
          { label: t.from },
          { label: t.to },
          { label: t.customersTile, right: true, format: (v) => f.count(Number(v)) },
        ],
        rows: flows.map((x) => [x.from ?? t.nowhere, x.to ?? t.nowhere, x.customers]),
      }}
    />
  );
}
