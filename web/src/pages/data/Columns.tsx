import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import type { en } from "../../i18n/en/data";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Distribution, shown } from "./Distribution";
import classes from "./data.module.css";
import { messages } from "./messages";

type Column = Schema["Column"];

/** warningOf says what may be wrong with a column. */
export function warningOf(c: Column, t: typeof en): string {
  if (c.of === 0) return "";
  if (c.known === 0) return t.warnNone;
  if (c.coverage < 0.5) return t.warnLow;
  if (c.distinct === 1 && c.known > 20) return t.warnOne;
  if (c.type === "text" && c.known > 100 && c.distinct > c.known * 0.9) return t.warnUnique;
  return farOff(c) ? t.warnFar : "";
}

/** farOff tells whether the last bin of numbers reaches far beyond where the others lie. */
function farOff(c: Column): boolean {
  const [first, last] = [c.bins[0], c.bins.at(-1)];
  if (c.type !== "number" || c.bins.length < 3 || !first || !last) return false;
  const span = Number(last.from) - Number(first.to);
  return span > 0 && Number(last.to) - Number(last.from) > 20 * span;
}

/** Columns describes traits or properties, one a row. */
export function Columns({ label, columns }: { label: string; columns: Column[] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const terms = useTerms();
  // What kreds made itself has a name to read, what was imported that of its column.
  const known = (c: Column) => (terms.term(c.name) === c.name ? c.label : terms.term(c.name));
  return (
    <DataTable
      label={label}
      rows={columns}
      rowKey={(c) => c.name}
      columns={[
        {
          key: "name",
          label: t.name,
          value: (c) => c.name,
          cell: (c) => (
            <>
              {c.name}
              {known(c) !== c.name && <div className={classes.quiet}>{known(c)}</div>}
            </>
          ),
        },
        { key: "type", label: t.type, value: (c) => c.type, cell: (c) => t.types[c.type] ?? c.type, nowrap: true },
        {
          key: "coverage",
          label: t.coverage,
          help: t.coverageHelp,
          value: (c) => c.coverage,
          cell: (c) => (
            <>
              {f.percent(c.coverage)}
              <div className={classes.bar} aria-hidden="true">
                <span style={{ width: `${c.coverage * 100}%` }} />
              </div>
              <span className={classes.warn}>{warningOf(c, t)}</span>
            </>
          ),
        },
        {
          key: "distinct",
          label: t.distinct,
          help: t.distinctHelp,
          value: (c) => c.distinct,
          cell: (c) => f.count(c.distinct),
          right: true,
        },
        {
          key: "range",
          label: t.range,
          nowrap: true,
          cell: (c) =>
            c.min === null || c.min === undefined
              ? ""
              : t.between(shown(c.min, f, "✓", "✗"), shown(c.max, f, "✓", "✗")),
        },
        { key: "distribution", label: t.distribution, cell: (c) => <Distribution column={c} /> },
      ]}
    />
  );
}
