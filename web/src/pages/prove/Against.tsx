import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Why } from "../../parts/Why";
import { alike } from "./digits";
import { messages } from "./messages";
import classes from "./prove.module.css";

interface Line {
  key: string;
  name: string;
  n?: number;
  value: string;
  interval: string;
}

/** Against sets members against everybody else at the last date with an outcome: figures, intervals, effect. */
export function Against({ proof: s, rate }: { proof: Schema["SegmentProof"]; rate: boolean }) {
  const t = useMessages(messages);
  const f = useFormat();
  const last = s.points.findLast((p) => p.outcome !== undefined);
  const o = last?.outcome;
  if (!o) return null;
  const write = alike(
    [o.members, o.others, o.difference].flatMap((x) => [x.value, x.low, x.high]),
    rate,
    f,
  );
  const times = o.lift && alike([o.lift.value, o.lift.low, o.lift.high], false, f);
  const line = (key: string, name: string, x: Schema["Figure"], w: (v: number) => string, n?: number): Line => ({
    key,
    name,
    n,
    value: w(x.value),
    interval: `${w(x.low)} – ${w(x.high)}`,
  });
  const rows = [
    line("members", t.members, o.members, write, o.members.n),
    line("others", t.others, o.others, write, o.others.n),
    line("difference", t.difference, o.difference, write),
    ...(o.lift && times ? [line("lift", t.liftTimes, o.lift, times)] : []),
  ];
  const two = alike([0], false, f);
  const size = Math.abs(o.effect);
  return (
    <>
      <DataTable
        label={t.againstTitle(f.asOf(last.as_of))}
        rows={rows}
        rowKey={(r) => r.key}
        columns={[
          { key: "name", label: t.lastDate(f.asOf(last.as_of), f.asOf(o.until)), cell: (r) => r.name },
          { key: "n", label: t.customers, cell: (r) => (r.n === undefined ? "" : f.count(r.n)), right: true },
          { key: "value", label: rate ? t.shareWho : t.mean, cell: (r) => r.value, right: true },
          { key: "interval", label: t.interval, cell: (r) => r.interval, right: true },
        ]}
      />
      <p className={classes.quiet}>
        <Why about={t.effect} text={rate ? t.effectWhyShares : t.effectWhyMeans}>
          {t.effectIs(
            two(o.effect),
            t.effectSize[size >= 0.8 ? "large" : size >= 0.5 ? "medium" : size >= 0.2 ? "small" : "none"],
          )}
        </Why>{" "}
        ·{" "}
        <Why about="q" text={t.qWhy}>
          {o.q < 0.001 ? "q < " : "q = "}
          {o.q < 0.001 ? new Intl.NumberFormat(f.locale, { minimumFractionDigits: 3 }).format(0.001) : two(o.q)}
        </Why>
      </p>
    </>
  );
}
