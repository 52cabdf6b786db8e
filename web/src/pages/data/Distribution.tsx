import type { CSSProperties } from "react";
import type { Schema } from "../../api/client";
import { type Format, useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { useMessages } from "../../i18n/language";
import classes from "./data.module.css";
import { messages } from "./messages";

type Column = Schema["Column"];

/** shown writes a value of the API by its type. */
export function shown(v: unknown, f: Format, yes: string, no: string): string {
  if (v === null || v === undefined) return "–";
  if (typeof v === "number") return f.number(v);
  if (typeof v === "boolean") return v ? yes : no;
  if (typeof v === "string") return /^\d{4}-\d\d-\d\d(T|$)/.test(v) ? f.date(v) : v;
  if (Array.isArray(v)) return v.join(", ");
  const p = v as { lat?: number; lon?: number };
  return p.lat !== undefined && p.lon !== undefined ? `${f.number(p.lat)}; ${f.number(p.lon)}` : JSON.stringify(v);
}

/** Distribution draws how the values of a column are spread: bins of numbers and times, the most frequent of others. */
export function Distribution({ column }: { column: Column }) {
  const t = useMessages(messages);
  const f = useFormat();
  const terms = useTerms();
  if (column.hidden) return <span className={classes.quiet}>{t.hidden}</span>;
  if (column.bins.length > 2) return <Bins column={column} />;
  const most = column.top[0]?.count ?? 1;
  return (
    <div className={classes.tops}>
      {column.top.slice(0, 3).map((x) => (
        <div
          key={JSON.stringify(x.value)}
          className={classes.top}
          style={{ "--part": `${(x.count / most) * 100}%` } as CSSProperties}
        >
          <span>{shown(terms.value(column.name, x.value), f, "✓", "✗")}</span>
          <span>{f.count(x.count)}</span>
        </div>
      ))}
    </div>
  );
}

function Bins({ column }: { column: Column }) {
  const t = useMessages(messages);
  const f = useFormat();
  const most = Math.max(...column.bins.map((b) => b.count));
  const width = 132 / column.bins.length;
  return (
    <svg
      className={classes.spark}
      viewBox="0 0 132 28"
      role="img"
      aria-label={t.binSummary(column.name, column.bins.length)}
    >
      {column.bins.map((b, i) => {
        const height = b.count > 0 ? Math.max((b.count / most) * 26, 1) : 0;
        return (
          <rect
            key={JSON.stringify(b.from)}
            x={i * width}
            y={28 - height}
            width={Math.max(width - 1, 1)}
            height={height}
          >
            <title>
              {t.between(shown(b.from, f, "✓", "✗"), shown(b.to, f, "✓", "✗"))}: {f.count(b.count)}
            </title>
          </rect>
        );
      })}
    </svg>
  );
}
