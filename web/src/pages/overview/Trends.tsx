import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { spanOf } from "../../api/span";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../../parts/chart/Chart";
import { segmentColour } from "../../parts/chart/colours";
import { Section } from "../../parts/PageHeader";
import { Loaded } from "../../parts/states";
import { messages } from "./messages";
import { trendsQuery } from "./queries";

const shownAtMost = 12;
const rowHeight = 112;
const perRowIn = (width: number) => (width > 900 ? 4 : width > 560 ? 3 : 2);

/** Trends draws the sizes of the largest segments over the time that the data tells of, each on a scale of its own. */
export function Trends({ segments, data }: { segments: Schema["Segment"][]; data: Schema["Data"] }) {
  const t = useMessages(messages);
  const largest = useMemo(
    () =>
      [...segments]
        .sort((a, b) => (b.run?.members ?? 0) - (a.run?.members ?? 0))
        .slice(0, shownAtMost)
        .map((s) => s.name),
    [segments],
  );
  const span = spanOf(data);
  const q = useQuery(trendsQuery(largest, span));
  if (!span) return null;
  return (
    <Section title={t.trends}>
      <Loaded query={q} lines={6}>
        {(trends) => <Panels trends={trends} />}
      </Loaded>
    </Section>
  );
}

function Panels({ trends }: { trends: Schema["Trends"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const navigate = useNavigate();
  const shown = trends.segments;
  const option = useMemo(
    () => (width: number) => {
      const perRow = perRowIn(width);
      const part = 100 / perRow;
      const room = (width / perRow) * 0.88;
      const days = trends.dates.map((d) => f.asOf(d));
      return {
        tooltip: { trigger: "axis" },
        grid: shown.map((_, i) => ({
          left: `${(i % perRow) * part + 0.5}%`,
          width: `${part - 3}%`,
          top: Math.floor(i / perRow) * rowHeight + 40,
          height: 48,
        })),
        xAxis: shown.map((_, i) => ({
          type: "category",
          gridIndex: i,
          boundaryGap: false,
          data: days,
          axisLabel: { show: false },
        })),
        yAxis: shown.map((s, i) => ({
          type: "value",
          gridIndex: i,
          min: 0,
          name: s.segment,
          nameGap: 22,
          nameTextStyle: { align: "left" },
          nameTruncate: { maxWidth: room, ellipsis: "…" },
          axisLabel: { show: false },
          splitLine: { show: false },
        })),
        series: shown.map((s, i) => {
          const colour = segmentColour(s.segment);
          return {
            type: "line",
            name: s.segment,
            xAxisIndex: i,
            yAxisIndex: i,
            symbol: "circle",
            symbolSize: 4,
            lineStyle: { width: 2, color: colour },
            itemStyle: { color: colour },
            areaStyle: { color: colour, opacity: 0.08 },
            data: s.members.map((n, at) =>
              at === s.members.length - 1
                ? {
                    value: n,
                    symbolSize: 7,
                    label: { show: true, position: "top", align: "right", offset: [4, 0], formatter: () => f.count(n) },
                  }
                : n,
            ),
          };
        }),
      };
    },
    [shown, trends.dates, f],
  );
  const first = trends.dates[0];
  const last = trends.dates.at(-1);
  if (!first || !last || trends.dates.length < 2) return null;
  return (
    <Chart
      title={t.trendsTitle(f.asOf(first), f.asOf(last))}
      summary={t.trendsSummary(shown.length)}
      option={option}
      height={(width) => Math.ceil(shown.length / perRowIn(width)) * rowHeight}
      onClick={(p) => void navigate({ to: "/segments/$name", params: { name: p.seriesName ?? "" } })}
      table={{
        columns: [
          { label: t.segment },
          ...trends.dates.map((d) => ({
            label: f.asOf(d),
            right: true,
            format: (v: string | number | null) => f.count(Number(v)),
          })),
        ],
        rows: shown.map((s) => [s.segment, ...s.members]),
      }}
    />
  );
}
