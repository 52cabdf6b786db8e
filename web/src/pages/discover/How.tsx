import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Fact } from "./Card";
import classes from "./discover.module.css";
import { messages } from "./messages";

/** Figures are what is known of the one solution of a method that chooses the number itself. */
export function Figures({ solution: s }: { solution: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  return (
    <dl className={classes.facts}>
      <Fact name={t.stability} value={f.number(s.stability.global)} why={t.stabilityWhy(f.count(s.stability.pairs))} />
      {s.stability.time_shift !== undefined && (
        <Fact name={t.earlier} value={f.number(s.stability.time_shift)} why={t.shiftWhy} />
      )}
      <Fact name={t.silhouette} value={f.number(s.silhouette)} why={t.silhouetteWhy} />
      <Fact name={t.chance} value={f.number(s.chance)} why={t.chanceWhy} />
      {s.density_validity !== undefined && (
        <>
          <Fact name={t.density} value={f.number(s.density_validity)} />
          <Fact name={t.densityChance} value={f.number(s.density_chance ?? 0)} why={t.chanceWhy} />
        </>
      )}
      <Fact name="Calinski–Harabasz" value={f.number(s.calinski_harabasz)} />
      <Fact name="Davies–Bouldin" value={f.number(s.davies_bouldin)} />
    </dl>
  );
}

/** Tried compares the methods that were considered. */
function Tried({ trials }: { trials: Schema["Trial"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  return (
    <DataTable
      label={t.tried}
      rows={trials}
      rowKey={(x) => x.method}
      columns={[
        { key: "method", label: t.method, cell: (x) => t.methods[x.method] ?? x.method },
        { key: "k", label: t.segments, cell: (x) => x.k || "–", value: (x) => x.k, right: true },
        {
          key: "stability",
          label: t.stability,
          cell: (x) => (x.left ? "–" : f.number(x.stability)),
          value: (x) => x.stability,
          right: true,
        },
        {
          key: "apart",
          label: t.apart,
          cell: (x) => (x.left ? "–" : f.number(x.separation)),
          value: (x) => x.separation,
          right: true,
        },
        { key: "verdict", label: t.verdict, cell: (x) => (x.left ? "–" : t.verdicts[x.verdict]) },
        { key: "remark", label: t.remark, cell: (x) => (x.chosen ? t.taken : x.left ? x.left : "") },
      ]}
    />
  );
}

/** How says what was looked at, how it was prepared, and what was left out. */
export function How({ discovery: d, solution: s }: { discovery: Schema["Discovery"]; solution: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const apart = new Map(s.separators.map((x) => [x.feature, x.effect]));
  return (
    <>
      <p className={classes.prepared}>
        {t.methods[d.method] ?? d.method}. {d.why || (t.methodTexts[d.method] ?? "")}
      </p>
      <p className={classes.prepared}>
        {t.ranOn(f.count(d.n), f.count(d.distinct), f.count(d.starts), String(d.seed), f.duration(d.seconds))}{" "}
        <code>{d.among}</code>
      </p>
      {d.tried.length > 0 && (
        <div className={classes.tried}>
          <Tried trials={d.tried} />
        </div>
      )}
      <DataTable
        label={t.features}
        rows={d.preparation}
        rowKey={(x) => x.name}
        columns={[
          { key: "name", label: t.feature, cell: (x) => x.name, value: (x) => x.name },
          { key: "text", label: t.term, cell: (x) => <code>{x.of ? `${x.text} / ${x.of}` : x.text}</code> },
          { key: "missing", label: t.missing, cell: (x) => f.percent(x.missing), value: (x) => x.missing, right: true },
          {
            key: "used",
            label: t.used,
            cell: (x) =>
              [
                x.log && t.log,
                (x.low ?? x.high) != null && t.limited,
                x.levels && t.categories(f.count(x.levels.length)),
              ]
                .filter(Boolean)
                .join(", ") || t.asItIs,
          },
          {
            key: "apart",
            label: t.explains,
            cell: (x) => f.percent(apart.get(x.name) ?? 0),
            value: (x) => apart.get(x.name),
            right: true,
          },
        ]}
      />
      {d.refused.length > 0 && (
        <ul className={classes.prepared}>
          {d.refused.map((r) => (
            <li key={r.name}>
              {t.refused(r.name)}: {r.reason}
            </li>
          ))}
        </ul>
      )}
      {d.notes.map((n) => (
        <p key={n} className={classes.prepared}>
          {n}
        </p>
      ))}
    </>
  );
}
