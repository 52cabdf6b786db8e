import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { worthQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Chart } from "../../parts/chart/Chart";
import { Figure } from "../../parts/Figure";
import { Section } from "../../parts/PageHeader";
import { ErrorState, Loading } from "../../parts/states";
import { messages } from "./messages";
import classes from "./overview.module.css";
import { type OverviewSearch, overviewRoute } from "./route";

/** Value says what customers were worth, period by period. */
export function Value() {
  const t = useMessages(messages);
  const search = overviewRoute.useSearch();
  const navigate = overviewRoute.useNavigate();
  const worth = useQuery(worthQuery(search.period));
  return (
    <Section
      title={t.value}
      aside={
        <SegmentedControl
          aria-label={t.periodChoice}
          value={search.period ?? "quarter"}
          onChange={(v) =>
            void navigate({
              search: { ...search, period: v === "quarter" ? undefined : (v as OverviewSearch["period"]) },
              replace: true,
            })
          }
          data={[
            { value: "month", label: t.periods.month },
            { value: "quarter", label: t.periods.quarter },
            { value: "year", label: t.periods.year },
          ]}
        />
      }
    >
      {worth.data ? (
        <Periods worth={worth.data} />
      ) : worth.error ? (
        <ErrorState error={worth.error} retry={worth.refetch} />
      ) : (
        <Loading lines={5} />
      )}
    </Section>
  );
}

function Periods({ worth }: { worth: Schema["Worth"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const rows = worth.periods;
  const option = useMemo(
    () => ({
      grid: { left: 24, right: 24, top: 24, bottom: 16, containLabel: true },
      xAxis: {
        type: "category",
        data: rows.map((p) => f.asOf(p.to)),
        axisLabel: { hideOverlap: true },
      },
      yAxis: { type: "value", show: false },
      tooltip: { trigger: "item" },
      series: [
        {
          type: "bar",
          barMaxWidth: 48,
          itemStyle: { borderRadius: 2 },
          label: {
            show: rows.length <= 8,
            position: "top",
            formatter: (p: { dataIndex: number }) => f.short(rows[p.dataIndex]?.value ?? 0),
          },
          data: rows.map((p, i) => ({
            value: p.value,
            // A period that the data covers in part is drawn paler.
            itemStyle: { color: i === rows.length - 1 ? "#0072B2" : "#56B4E9", opacity: p.whole ? 1 : 0.45 },
          })),
        },
      ],
    }),
    [rows, f],
  );
  const setting = (
    <Link to="/settings" className={classes.setting}>
      {worth.expression ? t.changeValue : t.chooseValue}
    </Link>
  );
  if (!worth.expression) {
    return (
      <p className={classes.quietText}>
        {t.noValue} {setting}
      </p>
    );
  }
  if (worth.few) return <p className={classes.quietText}>{t.fewBought}</p>;
  const change = worth.before && worth.before > 0 ? worth.total / worth.before - 1 : undefined;
  return (
    <div className={classes.value}>
      <div>
        <div className={classes.figure}>
          <Figure
            about={t.value}
            of={{
              definition: t.valueIs(t.periods[worth.period]),
              asOf: f.asOf(worth.as_of),
              n: t.valueOf(f.count(worth.buyers)),
              interval: t.counted,
              expression: worth.expression,
            }}
          >
            {f.money(worth.total)}
          </Figure>
        </div>
        <div className={classes.quietText}>{t.periodTo(t.periods[worth.period], f.asOf(worth.as_of))}</div>
        <div className={classes.quietText}>
          {change === undefined
            ? t.noBefore
            : t.against(`${change >= 0 ? "+" : "−"}${f.percent(Math.abs(change))}`, f.money(worth.before ?? 0))}
        </div>
        <div className={classes.quietText}>
          {t.buyers(f.count(worth.buyers), worth.buyers > 0 ? f.money(worth.total / worth.buyers) : "")}
        </div>
        {worth.problem && <p role="alert">{t.valueProblem(worth.problem)}</p>}
        <p className={classes.quietText}>
          <code>{worth.expression}</code> {worth.chosen ? "" : t.found} {setting}
        </p>
      </div>
      {rows.length > 1 && (
        <Chart
          title={t.valueOverTime}
          summary={t.valueSummary(rows.length, f.money(worth.total))}
          option={option}
          height={180}
          table={{
            columns: [
              { label: t.periodEnd, format: (v) => f.asOf(String(v)) },
              { label: t.value, right: true, format: (v) => f.money(Number(v)) },
              { label: t.buyersColumn, right: true, format: (v) => f.count(Number(v)) },
            ],
            rows: rows.map((p) => [p.to, p.value, p.buyers]),
          }}
        />
      )}
    </div>
  );
}
