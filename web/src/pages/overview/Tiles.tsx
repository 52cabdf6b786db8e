import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Figure, type Meaning } from "../../parts/Figure";
import { messages } from "./messages";
import classes from "./overview.module.css";

/** Tiles are the numbers of what there is. */
export function Tiles({ data, segments }: { data: Schema["Data"]; segments: Schema["Segment"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const last = segments.reduce((max, s) => (s.run && s.run.started > max ? s.run.started : max), "");
  const complete = { asOf: t.now, interval: t.counted };
  const everyone = (subject: string, definition: string): Meaning => ({
    definition,
    expression: `${subject}everyone`,
    condition: true,
    ...complete,
  });
  return (
    <dl className={classes.tiles}>
      {data.persons > 0 && (
        <Tile name={t.customersTile} value={f.count(data.persons)} of={everyone("", t.customersAre)} />
      )}
      {data.companies > 0 && (
        <Tile name={t.companiesTile} value={f.count(data.companies)} of={everyone("companies: ", t.companiesAre)} />
      )}
      {data.prospects > 0 && (
        <Tile name={t.prospectsTile} value={f.count(data.prospects)} of={{ definition: t.prospectsAre, ...complete }} />
      )}
      <Tile
        name={t.segmentsTile}
        value={f.count(segments.length)}
        note={last ? t.refreshed(f.ago(last)) : t.neverRefreshed}
        of={{ definition: t.segmentsAre, ...complete }}
      />
      {data.events.slice(0, 4).map((e) => {
        const span =
          typeof e.first === "string" && typeof e.last === "string"
            ? t.period(f.date(e.first), f.date(e.last))
            : undefined;
        return (
          <Tile
            key={e.name}
            name={t.eventsTile(e.name)}
            value={f.count(e.rows)}
            note={span}
            of={{ definition: t.eventsAre(e.name), n: t.eventsOf(f.count(e.profiles)), ...complete }}
          />
        );
      })}
    </dl>
  );
}

function Tile({ name, value, note, of }: { name: string; value: string; note?: string; of: Meaning }) {
  return (
    <div className={classes.tile}>
      <dt>{name}</dt>
      <dd>
        <Figure about={name} of={of}>
          {value}
        </Figure>
        {note && <div className={classes.note}>{note}</div>}
      </dd>
    </div>
  );
}
