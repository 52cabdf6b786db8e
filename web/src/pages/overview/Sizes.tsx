import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { worthQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../../parts/chart/Chart";
import { segmentColour } from "../../parts/chart/colours";
import { messages } from "./messages";
import classes from "./overview.module.css";
import { overviewRoute } from "./route";

/** Sizes draws the segments as bars, by their members or by what these are worth; the largest first. */
export function Sizes({ segments, population }: { segments: Schema["Segment"][]; population: number }) {
  const t = useMessages(messages);
  const f = useFormat();
  const search = overviewRoute.useSearch();
  const change = overviewRoute.useNavigate();
  const navigate = useNavigate();
  const worth = useQuery(worthQuery(search.period));
  const valued = Boolean(worth.data?.expression);
  const hidden = worth.data?.hidden ?? [];
  const byValue = search.by === "value" && valued && (worth.data?.segments.length ?? 0) > 0;
  const rows = useMemo(() => {
    const values = new Map(worth.data?.segments.map((s) => [s.segment, s]));
    return segments
      .flatMap((s) => {
        if (!s.run) return [];
        const v = values.get(s.name);
        if (byValue && !v) return [];
        const share = byValue ? (v?.share ?? 0) : population > 0 ? s.run.members / population : 0;
        return [{ name: s.name, members: s.run.members, value: v?.value ?? 0, share }];
      })
      .sort((a, b) => (byValue ? b.value - a.value : b.members - a.members))
      .slice(0, 20);
  }, [segments, worth.data, byValue, population]);
  const option = useMemo(
    () => ({
      grid: { left: 0, right: byValue ? 120 : 96, top: 0, bottom: 0, containLabel: true },
      xAxis: { type: "value", show: false },
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map((r) => r.name),
        axisLine: { show: false },
        axisLabel: { width: 150, overflow: "truncate" },
      },
      tooltip: { trigger: "item" },
      series: [
        {
          type: "bar",
          barMaxWidth: 16,
          itemStyle: { borderRadius: 2 },
          label: {
            show: true,
            position: "right",
            formatter: (p: { dataIndex: number }) => {
              const r = rows[p.dataIndex];
              if (!r) return "";
              return `${byValue ? f.money(r.value) : f.count(r.members)} · ${f.percent(r.share)}`;
            },
          },
          data: rows.map((r) => ({
            value: byValue ? r.value : r.members,
            itemStyle: { color: segmentColour(r.name) },
          })),
        },
      ],
    }),
    [rows, f, byValue],
  );
  const largest = rows[0];
  if (!largest) return null;
  const title = byValue ? t.byValue : t.sizes;
  const chart = (
    <Chart
      title={title}
      summary={
        byValue
          ? t.byValueSummary(f.count(rows.length), largest.name, f.money(largest.value))
          : t.sizesSummary(f.count(rows.length), largest.name, f.count(largest.members))
      }
      option={option}
      height={Math.max(80, rows.length * 26)}
      onClick={(p) => void navigate({ to: "/segments/$name", params: { name: rows[p.dataIndex]?.name ?? p.name } })}
      aside={
        valued && (
          <SegmentedControl
            size="xs"
            aria-label={t.sortSegments}
            value={byValue ? "value" : "size"}
            onChange={(v) =>
              void change({ search: { ...search, by: v === "value" ? "value" : undefined }, replace: true })
            }
            data={[
              { value: "size", label: t.bySizeShort },
              { value: "value", label: t.byValueShort },
            ]}
          />
        )
      }
      table={{
        columns: [
          { label: t.segment },
          byValue
            ? { label: t.value, right: true, format: (v) => f.money(Number(v)) }
            : { label: t.members, right: true, format: (v) => f.count(Number(v)) },
          { label: t.share, right: true, format: (v) => f.percent(Number(v)) },
        ],
        rows: rows.map((r) => [r.name, byValue ? r.value : r.members, r.share]),
      }}
    />
  );
  if (hidden.length === 0) return chart;
  return (
    <>
      {chart}
      <p className={classes.quietText}>{t.hiddenWorth(f.list(hidden))}</p>
    </>
  );
}
