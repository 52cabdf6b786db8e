import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { Schema } from "../../api/client";
import { useMessages } from "../../i18n/language";
import classes from "./builder.module.css";
import { Choice, NumberField, TestFields, WindowFields } from "./Fields";
import { countOps, event, type Field, findEvent, first, plainWhere, whereOf } from "./forms";
import type { LeafProps } from "./Leaf";
import { messages } from "./messages";
import type { Node } from "./tree";

/** eventName is the name of the first event of a condition. */
export const eventName = (events: unknown) => ((events as Node).names as string[])[0] ?? "";

/** EventFields edit that something happened, or did not: how often, when, and what it was like. */
export function EventFields({ node: n, catalogue, known, onChange }: LeafProps) {
  const t = useMessages(messages);
  const step = (n.steps as Node[])[0] as Node;
  const name = eventName(step.events);
  const properties = findEvent(catalogue, name)?.properties ?? [];
  const where = plainWhere(step.where) ?? [];
  const count = step.count as Node | undefined;
  const set = (change: Record<string, unknown>) => {
    const next: Node = { ...step, ...change, type: "step" };
    for (const k of Object.keys(next)) if (next[k] === undefined) delete next[k];
    onChange({ ...n, steps: [next] });
  };
  const setWhere = (list: Node[]) => set({ where: whereOf(list) });
  return (
    <>
      <Choice
        label={t.didOrNot}
        value={n.not ? "not" : "did"}
        options={[
          { value: "did", label: t.did },
          { value: "not", label: t.didNot },
        ]}
        onChange={(v) => {
          const { not: _, ...rest } = n;
          const { count: __, ...plain } = step;
          onChange(
            v === "not"
              ? { ...rest, type: "did", not: true, steps: [{ ...plain, type: "step" }] }
              : { ...rest, type: "did" },
          );
        }}
      />
      <EventChoice name={name} catalogue={catalogue} onChange={(e) => set({ events: e, where: undefined })} />
      {!n.not && (
        <>
          <Choice<(typeof countOps)[number] | "any">
            label={t.howOften}
            value={(count?.op as (typeof countOps)[number]) ?? "any"}
            options={[{ value: "any", label: t.everOnce }, ...countOps.map((v) => ({ value: v, label: t.counts[v] }))]}
            onChange={(v) =>
              set({ count: v === "any" ? undefined : { type: "count", op: v, n: (count?.n as number) ?? 2 } })
            }
          />
          {count && (
            <>
              <NumberField
                label={t.times}
                min={0}
                value={count.n as number}
                onChange={(x) => set({ count: { ...count, n: Math.max(0, Math.round(x)) } })}
              />
              <span>{t.times}</span>
            </>
          )}
        </>
      )}
      <WindowFields
        value={step.window as Node | undefined}
        today={known.today}
        optional
        onChange={(w) => set({ window: w })}
      />
      {where.map((test, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: tests have no name of their own and change in place
        <div key={i} className={classes.row}>
          <span className={classes.word}>{i === 0 ? t.where : t.and}</span>
          <TestFields
            node={test}
            fields={properties}
            event={name}
            known={known}
            onChange={(x) => setWhere(where.map((w, j) => (j === i ? x : w)))}
            onRemove={() => setWhere(where.filter((_, j) => j !== i))}
          />
        </div>
      ))}
      {properties[0] && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          leftSection={<IconPlus size={12} />}
          onClick={() =>
            setWhere([
              ...where,
              first((properties.find((p) => p.type === "number") ?? properties[0]) as Field, known.today),
            ])
          }
        >
          {t.addWhere}
        </Button>
      )}
    </>
  );
}

/** LastFields edit when something last happened. */
export function LastFields({ node: n, catalogue, known, onChange }: LeafProps) {
  const t = useMessages(messages);
  const term = n.term as Node;
  return (
    <>
      <span className={classes.word}>{t.lastEvent}</span>
      <EventChoice
        name={eventName(term.events)}
        catalogue={catalogue}
        onChange={(e) => onChange({ ...n, term: { ...term, events: e } })}
      />
      <WindowFields value={n.window as Node} today={known.today} onChange={(w) => w && onChange({ ...n, window: w })} />
    </>
  );
}

/** EventChoice chooses an event of the catalogue. */
export function EventChoice({
  name,
  catalogue,
  onChange,
}: {
  name: string;
  catalogue: Schema["Catalogue"];
  onChange: (e: Node) => void;
}) {
  const t = useMessages(messages);
  const options = catalogue.events.map((e) => ({ value: e.name, label: e.name }));
  if (!findEvent(catalogue, name)) options.push({ value: name, label: name });
  return (
    <Choice
      label={t.event}
      value={findEvent(catalogue, name)?.name ?? name}
      options={options}
      onChange={(v) => onChange(event(v))}
      search
    />
  );
}
