import { Slider } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Schema } from "../../api/client";
import { trendQuery } from "../../api/questions";
import { spanOf } from "../../api/span";
import { endedDay } from "../../format/day";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../chart/Chart";
import { okabeIto } from "../chart/colours";
import { Empty, Loaded } from "../states";
import classes from "./matching.module.css";
import { messages } from "./messages";

interface Props {
  /** An expression, or the name of a segment, which is then replayed with its versions. */
  expression: string;
  data: Schema["Data"];
  asOf: string | undefined;
  onAsOf?: (day: string) => void;
}

/** OverTime asks for the size over the time that events tell of. */
export function OverTime({ expression, data, asOf, onAsOf }: Props) {
  const t = useMessages(messages);
  const span = spanOf(data);
  const q = useQuery({
    ...trendQuery(expression, span?.from ?? "", span?.to ?? "", span?.every ?? "month"),
    enabled: span !== undefined,
  });
  if (!span) return <Empty title={t.noTime} />;
  return <Loaded query={q}>{(trend) => <Trend points={trend.points} asOf={asOf} onAsOf={onAsOf} />}</Loaded>;
}

/** Trend draws the size over time, with the as-of day on a slider under it. */
function Trend({
  points,
  asOf,
  onAsOf,
}: {
  points: Schema["TrendPoint"][];
  asOf: string | undefined;
  onAsOf?: (day: string) => void;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const days = useMemo(() => points.map((p) => endedDay(p.as_of, f.timeZone)), [points, f]);
  const at = asOf ? days.findLastIndex((d) => d <= asOf.slice(0, 10)) : points.length - 1;
  const [index, setIndex] = useState(at);
  useEffect(() => setIndex(at), [at]);
  const choose = useDebouncedCallback((i: number) => {
    const d = days[i];
    if (d) onAsOf?.(d);
  }, 150);
  const option = useMemo(
    () => ({
      // As wide as the slider below, which is about the same dates.
      grid: { left: 48, right: 40, top: 16, bottom: 28, outerBoundsMode: "none" },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", boundaryGap: false, data: points.map((p) => f.asOf(p.as_of)) },
      yAxis: { type: "value", minInterval: 1, axisLabel: { formatter: (v: number) => f.short(v) } },
      series: [
        {
          type: "line",
          name: t.members,
          data: points.map((p) => p.count),
          symbolSize: 6,
          lineStyle: { width: 2, color: okabeIto[0] },
          itemStyle: { color: okabeIto[0] },
          areaStyle: { color: okabeIto[0], opacity: 0.08 },
          markLine:
            index >= 0
              ? {
                  symbol: "none",
                  silent: true,
                  lineStyle: { color: "#6f7787", type: "dashed" },
                  label: { show: false },
                  data: [{ xAxis: index }],
                }
              : undefined,
        },
      ],
    }),
    [points, f, t, index],
  );
  const last = points.at(-1);
  if (!last) return <Empty title={t.noTime} />;
  return (
    <>
      <Chart
        title={t.sizeOverTime}
        summary={t.trendSummary(f.count(points[0]?.count ?? 0), f.count(last.count))}
        option={option}
        height={220}
        onClick={(p) => choose(p.dataIndex)}
        table={{
          columns: [
            { label: t.date, format: (v) => f.asOf(String(v)) },
            { label: t.members, right: true, format: (v) => f.count(Number(v)) },
            { label: t.population, right: true, format: (v) => f.count(Number(v)) },
          ],
          rows: points.map((p) => [p.as_of, p.count, p.population]),
        }}
      />
      {onAsOf && points.length > 1 && (
        <div className={classes.slider}>
          <Slider
            aria-label={t.asOfSlider}
            thumbLabel={t.asOfSlider}
            min={0}
            max={points.length - 1}
            step={1}
            value={Math.max(0, index)}
            label={(v) => (days[v] ? f.date(days[v] as string) : "")}
            onChange={(v) => {
              setIndex(v);
              choose(v);
            }}
          />
          <div className={classes.quiet}>{t.sliderHint(asOf ? f.date(asOf) : t.now)}</div>
        </div>
      )}
    </>
  );
}
