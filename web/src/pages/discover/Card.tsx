import { Link } from "@tanstack/react-router";
import type { CSSProperties } from "react";
import type { Schema } from "../../api/client";
import { type Format, useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { messages } from "./Discoveries";
import { Fact } from "./Discovery";
import classes from "./discover.module.css";
import { colourOf } from "./pictures";

/** measureName names a feature, with its category. */
export const measureName = (m: Schema["Measure"]) => (m.level ? `${m.feature} = ${m.level}` : m.feature);

/** measureText writes a mean or a share as its kind is read. */
export function measureText(m: Schema["Measure"], v: number, f: Format, days: (n: string) => string): string {
  switch (m.kind) {
    case "flag":
    case "share":
    case "category":
      return f.percent(v);
    case "days":
      return days(f.count(v));
  }
  return f.number(v);
}

/** Card is one segment: how large, what marks it, how stable, and the rule that describes it. */
export function Card({
  found: x,
  index,
  solution: s,
}: {
  found: Schema["FoundSegment"];
  index: number;
  solution: Schema["Solution"];
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const marks = [...x.profile].sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect)).slice(0, 5);
  const nearest = x.nearest ? s.segments[x.nearest - 1] : undefined;
  return (
    <article className={classes.card} style={{ "--mark": colourOf(index) } as CSSProperties}>
      <h3 className={classes.cardTitle}>
        {index + 1}. {x.name}
      </h3>
      <div className={classes.size}>
        {f.count(x.size)} <span className={classes.quiet}>{f.percent(x.share)}</span>
      </div>
      <ul className={classes.marks}>
        {marks.map((m) => (
          <li key={measureName(m)}>
            <span>
              {m.mark ? "● " : ""}
              {measureName(m)}
            </span>
            <span>
              {measureText(m, m.mean, f, t.days)}{" "}
              <span className={classes.quiet}>{t.against(measureText(m, m.all, f, t.days))}</span>
            </span>
          </li>
        ))}
      </ul>
      <dl className={classes.facts}>
        <Fact name={t.within} value={f.number(s.stability.within[index] ?? 0)} />
        {s.stability.across[index] !== undefined && (
          <Fact name={t.across} value={f.number(s.stability.across[index] ?? 0)} />
        )}
        {nearest && <Fact name={t.nearest} value={`${x.nearest}. ${nearest.name}`} />}
      </dl>
      {x.rule && (
        <>
          <pre className={classes.rule}>{x.rule.expression}</pre>
          <div className={classes.quiet}>{t.fidelity(f.percent(x.rule.precision), f.percent(x.rule.recall))}</div>
          <div className={classes.quiet}>{t.moves(f.count(x.rule.joins), f.count(x.rule.leaves))}</div>
          <div>
            <Link to="/builder" search={{ text: x.rule.expression }}>
              {t.openRule}
            </Link>
          </div>
        </>
      )}
      {x.typical.length > 0 && (
        <div className={classes.quiet}>
          {t.typical}{" "}
          {x.typical.slice(0, 3).map((key, i) => (
            <span key={key}>
              {i > 0 ? ", " : ""}
              <Link to="/customers/$key" params={{ key }}>
                {key}
              </Link>
            </span>
          ))}
        </div>
      )}
    </article>
  );
}
