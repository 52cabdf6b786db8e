import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { compareQuery } from "../../api/questions";
import { type Format, useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../DataTable";
import { Empty, Loaded } from "../states";
import classes from "./matching.module.css";
import { messages } from "./messages";

/** figureOf writes one figure of a mark. */
function figureOf(m: Schema["Mark"], v: number, f: Format, t: (typeof messages)["en"]): string {
  if (m.figure === "share") return f.columnPercent(v);
  if (m.figure === "days") return t.daysAgo(f.count(v));
  return f.number(v);
}

/** Marks shows in what those who match differ from everybody. */
export function Marks({ expression, asOf }: { expression: string; asOf: string | undefined }) {
  const t = useMessages(messages);
  const f = useFormat();
  const terms = useTerms();
  const q = useQuery(compareQuery(expression, asOf));
  return (
    <Loaded query={q}>
      {(c) =>
        c.marks.length === 0 ? (
          <Empty title={t.noMarks}>{t.noMarksText}</Empty>
        ) : (
          <>
            <DataTable
              label={t.marks}
              rows={c.marks}
              rowKey={(m) => `${m.term} ${String(m.value)}`}
              columns={[
                {
                  key: "term",
                  label: t.markTerm,
                  cell: (m) => (
                    <>
                      <span title={m.term}>{terms.term(m.term)}</span>
                      {m.figure === "share" && m.value !== true ? (
                        <b> = {String(terms.value(m.term, m.value))}</b>
                      ) : null}
                    </>
                  ),
                  value: (m) => terms.term(m.term),
                },
                {
                  key: "members",
                  label: t.among,
                  cell: (m) => figureOf(m, m.members, f, t),
                  value: (m) => m.members,
                  right: true,
                },
                {
                  key: "all",
                  label: t.amongAll,
                  cell: (m) => figureOf(m, m.all, f, t),
                  value: (m) => m.all,
                  right: true,
                },
                {
                  key: "effect",
                  label: t.effect,
                  cell: (m) => <Effect value={m.effect} />,
                  value: (m) => Math.abs(m.effect),
                  width: 100,
                },
              ]}
            />
            <p className={classes.quiet}>{t.marksNote(f.count(c.members), f.count(c.population), c.share < 1)}</p>
          </>
        )
      }
    </Loaded>
  );
}

/** Effect draws a standardised difference: to the right more, to the left less. */
function Effect({ value }: { value: number }) {
  const f = useFormat();
  const half = Math.min(50, Math.abs(value) * 25);
  return (
    <span className={classes.effect}>
      <span className={classes.effectBar} aria-hidden="true">
        <span
          className={value > 0 ? classes.more : classes.less}
          style={value > 0 ? { left: "50%", width: `${half}%` } : { right: "50%", width: `${half}%` }}
        />
      </span>
      <span className={classes.effectNumber}>{f.difference(value)}</span>
    </span>
  );
}
