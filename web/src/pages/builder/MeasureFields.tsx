import { useMessages } from "../../i18n/language";
import classes from "./builder.module.css";
import { EventChoice, eventName } from "./EventFields";
import { Choice, NumberField, WindowFields } from "./Fields";
import { aggs, compareOps, findEvent, number } from "./forms";
import type { LeafProps } from "./Leaf";
import { messages } from "./messages";
import type { Node } from "./tree";

/** MeasureFields edit how much or how often something happened. */
export function MeasureFields({ node: n, catalogue, known, onChange }: LeafProps) {
  const t = useMessages(messages);
  const m = n.term as Node;
  const name = eventName(m.events);
  const properties = findEvent(catalogue, name)?.properties ?? [];
  const agg = m.agg as (typeof aggs)[number];
  const fitting = (a: string) => (a === "count_distinct" ? properties : properties.filter((p) => p.type === "number"));
  const set = (change: Record<string, unknown>) => {
    const next: Node = { ...m, ...change, type: "measure" };
    for (const k of Object.keys(next)) if (next[k] === undefined) delete next[k];
    onChange({ ...n, term: next });
  };
  return (
    <>
      <Choice
        label={t.measure}
        value={agg}
        options={aggs
          .filter((a) => a === "count" || fitting(a).length > 0)
          .map((a) => ({ value: a, label: t.aggs[a] }))}
        onChange={(a) =>
          set({
            agg: a,
            prop: a === "count" ? undefined : (fitting(a).find((p) => p.name === m.prop) ?? fitting(a)[0])?.name,
          })
        }
      />
      {agg !== "count" && (
        <Choice
          label={t.property}
          value={String(m.prop)}
          options={fitting(agg).map((p) => ({ value: p.name, label: p.name }))}
          onChange={(v) => set({ prop: v })}
          search
        />
      )}
      <span className={classes.word}>{t.of}</span>
      <EventChoice
        name={name}
        catalogue={catalogue}
        onChange={(e) => {
          const numbers = findEvent(catalogue, eventName(e))?.properties.filter((p) => p.type === "number") ?? [];
          const keep = numbers.some((p) => p.name === m.prop);
          set(
            agg === "count" || keep
              ? { events: e }
              : { events: e, agg: numbers[0] ? agg : "count", prop: numbers[0]?.name },
          );
        }}
      />
      <WindowFields
        value={m.window as Node | undefined}
        today={known.today}
        optional
        onChange={(w) => set({ window: w })}
      />
      <Choice
        label={t.operator}
        value={n.op as (typeof compareOps)[number]}
        options={compareOps.map((v) => ({ value: v, label: t.operators[v] }))}
        onChange={(op) => onChange({ ...n, op })}
      />
      <NumberField
        label={t.value}
        value={(n.value as Node).value as number}
        onChange={(x) => onChange({ ...n, value: number(x) })}
      />
    </>
  );
}
