import { ActionIcon, Button, Group, Menu, Text, Tooltip, useComputedColorScheme } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";
import { IconChartBar, IconDownload, IconTable } from "@tabler/icons-react";
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useFormat } from "../../format/format";
import { useCommon } from "../../i18n/common";
import { DataTable } from "../DataTable";
import { Empty, Loading } from "../states";
import { Why } from "../Why";
import { okabeIto } from "./colours";

export type Cell = string | number | null;

export interface ChartTable {
  columns: { label: string; right?: boolean; format?: (v: Cell) => string }[];
  rows: Cell[][];
}

interface Props {
  title: string;
  /** What the picture shows, in a sentence, for who cannot see it. */
  summary: string;
  /** How the picture is made and read, for who asks. */
  why?: ReactNode;
  /**
   * The option of ECharts, or what makes it for a width in pixels; axes, texts and colours come from the
   * theme. Keep it stable (useMemo).
   */
  option: EChartsCoreOption | ((width: number) => EChartsCoreOption);
  /** The same numbers as a table, also for CSV. */
  table: ChartTable;
  /** In pixels, or what gives it for a width. */
  height?: number | ((width: number) => number);
  aside?: ReactNode;
  onClick?: (p: { name: string; dataIndex: number; seriesName?: string; data: unknown }) => void;
}

/** The theme of charts, for one colour scheme. */
function themeOf(dark: boolean) {
  const text = dark ? "#dcdfe6" : "#1f2328";
  const quiet = dark ? "#9aa1af" : "#5b6472";
  const line = dark ? "#2f3440" : "#e4e6eb";
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: quiet, fontSize: 12 },
    splitLine: { lineStyle: { color: line } },
    nameTextStyle: { color: quiet },
  };
  return {
    color: okabeIto.slice(0, 6),
    backgroundColor: "transparent",
    textStyle: { fontFamily: '"Inter Variable", system-ui, sans-serif', color: text },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    timeAxis: axis,
    logAxis: axis,
    label: { color: text },
    tooltip: {
      backgroundColor: dark ? "#232731" : "#ffffff",
      borderColor: line,
      textStyle: { color: text, fontSize: 12 },
    },
    treemap: { itemStyle: { borderColor: dark ? "#191c23" : "#ffffff" } },
  };
}

/** Chart draws with ECharts, loaded when it is first needed. Every chart can be seen as a table and saved. */
export function Chart({ title, summary, why, option, table, height = 280, aside, onClick }: Props) {
  const t = useCommon();
  const [asTable, setAsTable] = useState(false);
  const chart = useRef<EChartsType | null>(null);

  const png = () => {
    const url = chart.current?.getDataURL({
      type: "png",
      pixelRatio: 2,
      backgroundColor: getComputedStyle(document.body).backgroundColor,
    });
    if (url) save(url, `${title}.png`);
  };
  const csv = () => {
    const lines = [table.columns.map((c) => c.label), ...table.rows].map((r) => r.map(csvField).join(","));
    // The mark at the beginning makes spreadsheets read UTF-8.
    const blob = new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" });
    const url = URL.createObjectURL(blob);
    save(url, `${title}.csv`);
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };

  return (
    <figure style={{ margin: 0 }}>
      <Group justify="space-between" gap="sm" wrap="nowrap" mb={4}>
        <Text component="figcaption" size="sm" fw={500}>
          {title}
        </Text>
        <Group gap={2} wrap="nowrap">
          {aside}
          {why && <Why about={title} text={why} />}
          <Tooltip label={asTable ? t.asChart : t.asTable}>
            <ActionIcon
              aria-label={`${asTable ? t.asChart : t.asTable}: ${title}`}
              aria-pressed={asTable}
              onClick={() => setAsTable(!asTable)}
            >
              {asTable ? <IconChartBar size={16} /> : <IconTable size={16} />}
            </ActionIcon>
          </Tooltip>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label={`${t.chartMenu}: ${title}`}>
                <IconDownload size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={png} disabled={asTable}>
                {t.exportPng}
              </Menu.Item>
              <Menu.Item onClick={csv}>{t.exportCsv}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      {asTable ? (
        <DataTable
          label={title}
          columns={table.columns.map((c, i) => ({
            key: String(i),
            label: c.label,
            right: c.right,
            cell: (r: Cell[]) => (c.format ? c.format(r[i] ?? null) : (r[i] ?? "")),
            value: (r: Cell[]) => r[i],
          }))}
          rows={table.rows}
          rowKey={(r) => table.rows.indexOf(r)}
        />
      ) : (
        <Canvas option={option} summary={summary} height={height} onClick={onClick} chart={chart} />
      )}
    </figure>
  );
}

function Canvas(
  props: Pick<Props, "option" | "summary" | "onClick"> & {
    height: number | ((width: number) => number);
    chart: { current: EChartsType | null };
  },
) {
  const { option, summary, onClick, chart } = props;
  const f = useFormat();
  const box = useRef<HTMLDivElement>(null);
  const dark = useComputedColorScheme("light") === "dark";
  const still = useReducedMotion();
  const t = useCommon();
  // The chart once it has room, so that another one, as of another colour scheme, is drawn anew.
  const [drawn, setDrawn] = useState<EChartsType | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [failed, setFailed] = useState(false);
  const [width, setWidth] = useState(640);
  const height = typeof props.height === "function" ? props.height(width) : props.height;
  const click = useRef(onClick);
  click.current = onClick;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt fetches again
  useEffect(() => {
    let gone = false;
    let made: EChartsType | null = null;
    let observer: ResizeObserver | null = null;
    const draw = ({ init }: typeof import("./echarts")) => {
      if (gone || !box.current) return;
      made = init(box.current, themeOf(dark));
      made.on("click", (p) =>
        click.current?.({ name: p.name, dataIndex: p.dataIndex, seriesName: p.seriesName, data: p.data }),
      );
      // It is told at once, and again when there is room: a Sankey diagram cannot be drawn in none.
      observer = new ResizeObserver(() => {
        if (!box.current?.clientWidth) return;
        made?.resize();
        setWidth(box.current.clientWidth);
        setDrawn(made);
      });
      observer.observe(box.current);
      chart.current = made;
    };
    setFailed(false);
    import("./echarts").then(draw, () => setFailed(!gone));
    return () => {
      gone = true;
      observer?.disconnect();
      made?.dispose();
      chart.current = null;
      setDrawn(null);
    };
  }, [dark, chart, attempt]);

  useEffect(() => {
    if (!drawn) return;
    // Tooltips of HTML would need inline styles, which the Content-Security-Policy forbids.
    const made = typeof option === "function" ? option(width) : option;
    const valueFormatter = (v: unknown) => (typeof v === "number" ? f.number(v) : String(v ?? "–"));
    const usual = { renderMode: "richText", confine: true, valueFormatter };
    const tooltip = made.tooltip ? { ...usual, ...(made.tooltip as object) } : undefined;
    drawn.setOption({ animation: !still, animationDuration: 200, ...made, tooltip }, { notMerge: true });
  }, [option, drawn, width, still, f]);

  return (
    <div style={{ position: "relative", height }}>
      <div
        ref={box}
        role="img"
        aria-label={summary}
        style={{ height }}
        data-chart={drawn ? "drawn" : failed ? "failed" : "waiting"}
      />
      {!drawn && (
        <div style={{ position: "absolute", inset: 0 }}>
          {failed ? (
            <Empty
              title={t.chartFailed}
              action={
                <Button variant="default" onClick={() => setAttempt(attempt + 1)}>
                  {t.retry}
                </Button>
              }
            />
          ) : (
            <Loading lines={3} />
          )}
        </div>
      )}
    </div>
  );
}

function save(url: string, name: string) {
  const a = document.createElement("a");
  a.href = url;
  a.download = name.replace(/[\\/:*?"<>|]/g, "_");
  a.click();
}

/** csvField quotes a field where it must, and keeps spreadsheets from running text as a formula. */
function csvField(v: Cell): string {
  if (v === null) return "";
  if (typeof v === "number") return String(v);
  const text = /^[=+\-@\t\r]/.test(v) ? `'${v}` : v;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
