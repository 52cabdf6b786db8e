import { Link } from "@tanstack/react-router";
import type { CSSProperties, ReactNode } from "react";
import type { Schema } from "../../api/client";
import { endedDay } from "../../format/day";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Why } from "../../parts/Why";
import classes from "./discover.module.css";
import { colourOf, direction, measureName, measureText } from "./measures";
import { messages } from "./messages";

/** Fact is a figure with its name, which can be asked what it is. */
export function Fact({ name, value, why }: { name: string; value: ReactNode; why?: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {why ? (
          <Why about={name} text={why}>
            {value}
          </Why>
        ) : (
          value
        )}
      </dd>
    </>
  );
}

/** Card is one segment: how large, what it is worth, what marks it, how stable, and the rule that describes it. */
export function Card(props: {
  found: Schema["FoundSegment"];
  index: number;
  solution: Schema["Solution"];
  worth: Schema["FoundWorth"] | undefined;
  /** The instant that the discovery is of. */
  asOf: string;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const { found: x, index, solution: s, worth } = props;
  const marks = [...x.profile].sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect)).slice(0, 5);
  const nearest = x.nearest ? s.segments[x.nearest - 1] : undefined;
  const value = worth?.values[index];
  const members = worth?.members[index] ?? 0;
  const known = worth !== undefined && value !== undefined && value >= 0;
  const within = s.stability.within[index] ?? 0;
  const across = s.stability.across[index];
  const shift = s.stability.shift[index];
  return (
    <article className={classes.card} style={{ "--mark": colourOf(index) } as CSSProperties}>
      <h3 className={classes.cardTitle}>
        {index + 1}. {x.name}
      </h3>
      <div className={classes.figures}>
        <div>
          <div className={classes.size}>{f.count(x.size)}</div>
          <div className={classes.quiet}>{t.ofCustomers(f.percent(x.share))}</div>
        </div>
        {known && worth.total > 0 && (
          <div>
            <div className={classes.size}>
              <Why about={t.value} text={t.valueWhy(worth.expression, f.date(worth.from ?? ""), f.asOf(worth.as_of))}>
                {f.percent(value / worth.total)}
              </Why>
            </div>
            <div className={classes.quiet}>{t.ofValue(f.money(value), f.money(members > 0 ? value / members : 0))}</div>
          </div>
        )}
      </div>
      <ul className={classes.marks}>
        {marks.map((m) => (
          <li key={measureName(m)}>
            <span>
              <span className={m.effect > 0 ? classes.more : classes.less}>{direction(m)}</span> {measureName(m)}
            </span>
            <span>
              {measureText(m, m.mean, f, t.days)}{" "}
              <span className={classes.quiet}>{t.against(measureText(m, m.all, f, t.days))}</span>
            </span>
          </li>
        ))}
      </ul>
      <dl className={classes.facts}>
        <Fact
          name={t.within}
          value={`${f.number(within)} · ${t.grade[within >= 0.75 ? "high" : within >= 0.5 ? "middle" : "low"]}`}
          why={t.withinWhy(f.count(s.stability.pairs))}
        />
        {across !== undefined && s.from.length > 0 && (
          <Fact name={t.across} value={f.number(across)} why={t.acrossWhy} />
        )}
        {shift !== undefined && <Fact name={t.shift} value={f.number(shift)} why={t.shiftWhy} />}
        {nearest && <Fact name={t.nearest} value={`${x.nearest}. ${nearest.name}`} />}
      </dl>
      {x.rule ? <Rule rule={x.rule} asOf={props.asOf} /> : <p className={classes.quiet}>{t.noRule}</p>}
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

/** Rule is a rule, and in words how well it says who is in the segment. */
function Rule({ rule: r, asOf }: { rule: Schema["Rule"]; asOf: string }) {
  const t = useMessages(messages);
  const f = useFormat();
  const fidelity = Math.min(r.precision, r.recall);
  return (
    <div className={classes.ruleBox}>
      <pre className={classes.rule}>{r.expression}</pre>
      <div className={classes.quiet}>
        <b>{t.ruleIs[fidelity >= 0.9 ? "high" : fidelity >= 0.75 ? "middle" : "low"]}</b>{" "}
        {t.fidelity(f.percent(r.precision), f.percent(r.recall))} {t.moves(f.count(r.joins), f.count(r.leaves))}
      </div>
      <div className={classes.quiet}>
        <Link to="/builder" search={{ text: r.expression, asOf: endedDay(asOf, f.timeZone) }}>
          {t.openRule}
        </Link>
      </div>
    </div>
  );
}
