import { NumberInput, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { discoveriesQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../../parts/chart/Chart";
import { FormFields } from "../../parts/FormBox";
import { Loaded } from "../../parts/states";
import classes from "./discover.module.css";
import { messages } from "./messages";
import { contrastQuery } from "./queries";
import { discoveryRoute } from "./route";

/** Contrast compares how this and another discovery, or another number of segments, divide the same customers. */
export function Contrast({ discovery: d, k }: { discovery: Schema["Discovery"]; k: number }) {
  const t = useMessages(messages);
  const search = discoveryRoute.useSearch();
  const change = discoveryRoute.useNavigate();
  const others = useQuery(discoveriesQuery).data?.discoveries ?? [];
  const set = (next: { with?: string; withK?: number }) =>
    void change({ search: (s) => ({ ...s, ...next }), replace: true, resetScroll: false });
  return (
    <>
      <FormFields>
        <Select
          label={t.compareWith}
          placeholder={t.chooseDiscovery}
          data={others.map((x) => ({ value: x.name, label: x.name === d.name ? t.sameOther(x.name) : x.name }))}
          value={search.with ?? null}
          onChange={(v) => set({ with: v ?? undefined, withK: undefined })}
          clearable
          searchable
        />
        {search.with && (
          <NumberInput
            label={t.number}
            placeholder={t.recommendedK}
            value={search.withK ?? ""}
            min={1}
            max={50}
            onChange={(v) => set({ withK: typeof v === "number" ? v : undefined })}
            w={170}
          />
        )}
      </FormFields>
      {search.with && <Against name={d.name} k={k} other={search.with} otherK={search.withK} />}
    </>
  );
}

function Against(props: { name: string; k: number; other: string; otherK: number | undefined }) {
  const q = useQuery(contrastQuery(props.name, props.k, props.other, props.otherK));
  return <Loaded query={q}>{(c) => <Crossed contrast={c} first={props.name} second={props.other} />}</Loaded>;
}

/** Crossed is the table of the segments of both, with how much of each row is in each column. */
function Crossed({ contrast: c, first, second }: { contrast: Schema["Contrast"]; first: string; second: string }) {
  const t = useMessages(messages);
  const f = useFormat();
  const same = c.rand >= 0.8 ? "high" : c.rand >= 0.4 ? "middle" : "low";
  const option = useMemo(
    () => (width: number) => {
      const left = Math.min(200, width * 0.35);
      const cell = (width - left - 8) / Math.max(c.second.length, 1);
      const share = (i: number, j: number) => (c.counts[i]?.[j] ?? 0) / Math.max(c.first[i]?.size ?? 0, 1);
      return {
        grid: { left, right: 8, top: 28, bottom: 6 },
        tooltip: {
          formatter: (p: { value: [number, number, number] }) =>
            t.inBoth(
              f.count(c.counts[p.value[1]]?.[p.value[0]] ?? 0),
              f.percent(p.value[2]),
              c.first[p.value[1]]?.name ?? "",
              c.second[p.value[0]]?.name ?? "",
            ),
        },
        xAxis: {
          type: "category",
          position: "top",
          data: c.second.map((x, i) => (cell < 80 ? String(i + 1) : `${i + 1} ${x.name}`)),
          axisLine: { show: false },
          axisLabel: { interval: 0, width: cell - 8, overflow: "truncate" },
        },
        yAxis: {
          type: "category",
          inverse: true,
          data: c.first.map((x, i) => `${i + 1} ${x.name}`),
          axisLine: { show: false },
          axisLabel: { width: left - 12, overflow: "truncate" },
        },
        visualMap: { show: false, min: 0, max: 1, inRange: { color: ["#EDEFF3", "#A8CCE4", "#0072B2"] } },
        series: [
          {
            type: "heatmap",
            itemStyle: { borderWidth: 2, borderColor: "transparent" },
            data: c.first.flatMap((_, i) =>
              c.second.map((_, j) => ({
                value: [j, i, share(i, j)],
                label: { color: share(i, j) > 0.65 ? "#ffffff" : "#1f2328" },
              })),
            ),
            label: {
              show: cell > 36,
              fontSize: 11,
              formatter: (p: { value: [number, number, number] }) => f.wholePercent(p.value[2]),
            },
          },
        ],
      };
    },
    [c, f, t],
  );
  return (
    <>
      <p className={classes.reason}>
        {t.contrastIs[same](first, second, f.number(c.rand))}{" "}
        {c.only_first + c.only_second > 0 && t.onlyIn(f.count(c.both), f.count(c.only_first), f.count(c.only_second))}
      </p>
      <Chart
        title={t.contrastTitle(first, second)}
        summary={t.contrastSummary(c.first.length, c.second.length)}
        why={t.contrastWhy(f.asOf(c.as_of))}
        option={option}
        height={40 + c.first.length * 30}
        table={{
          columns: [
            { label: first },
            { label: t.customers, right: true, format: (v) => f.count(Number(v)) },
            ...c.second.map((x, i) => ({
              label: `${i + 1} ${x.name}`,
              right: true,
              format: (v: unknown) => f.count(Number(v)),
            })),
          ],
          rows: c.first.map((x, i) => [`${i + 1} ${x.name}`, x.size, ...(c.counts[i] ?? [])]),
        }}
      />
    </>
  );
}
