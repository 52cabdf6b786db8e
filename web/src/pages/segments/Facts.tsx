import type { ReactNode } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Figure } from "../../parts/Figure";
import { Owner } from "../../parts/upkeep/Owner";
import { messages } from "./messages";
import classes from "./segments.module.css";

interface Props {
  segment: Schema["Segment"];
  count: Schema["Count"] | undefined;
  worth: Schema["Worth"] | undefined;
}

/** Facts are the figures of a segment, each with what it means, and who looks after it. */
export function Facts({ segment: s, count, worth }: Props) {
  const t = useMessages(messages);
  const f = useFormat();
  const value = worth?.expression ? worth.segments.find((x) => x.segment === s.name) : undefined;
  return (
    <dl className={classes.facts}>
      <Fact name={t.owner}>
        <Owner segment={s} />
      </Fact>
      {count && (
        <Fact name={t.share}>
          <Figure
            about={t.share}
            of={{
              definition: t.shareIs,
              asOf: f.asOf(count.as_of),
              n: t.of(f.count(count.count), f.count(count.population)),
              interval: t.counted,
              expression: count.expression,
              condition: true,
            }}
          >
            {f.percent(count.share)}
          </Figure>
        </Fact>
      )}
      {worth && value && (
        <>
          <Fact name={t.value}>
            <Figure
              about={t.value}
              of={{
                definition: t.valueIs(t.periods[worth.period]),
                asOf: f.asOf(worth.as_of),
                n: t.membersOf(f.count(value.members)),
                interval: t.counted,
                expression: worth.expression,
              }}
            >
              {f.money(value.value)}
            </Figure>
            {value.before ? ` (${f.signedPercent(value.value / value.before - 1)})` : ""}
          </Fact>
          {value.members > 0 && <Fact name={t.each}>{f.money(value.value / value.members)}</Fact>}
        </>
      )}
      {s.tags.length > 0 && <Fact name={t.tags}>{f.list(s.tags)}</Fact>}
      <Fact name={t.version}>{t.versionOf(s.version, f.date(s.defined))}</Fact>
      {s.run && <Fact name={t.lastRefresh}>{`${f.ago(s.run.started)} (${t.asOfDay(f.asOf(s.run.as_of))})`}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
