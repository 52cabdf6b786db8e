import { Button, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { call, client, errorProblem, type Schema } from "../../api/client";
import { useMessages } from "../../i18n/language";
import { sentence } from "../../parts/states";
import classes from "./builder.module.css";
import { Choice, type Known, NumberField, TestFields, WindowFields } from "./Fields";
import {
  aggs,
  compareOps,
  countOps,
  event,
  type Field,
  findEvent,
  first,
  formOf,
  number,
  plainWhere,
  whereOf,
} from "./forms";
import { messages } from "./messages";
import type { Node } from "./tree";

interface Props {
  node: Node;
  /** The condition as text, as far as it is known. */
  text: string | undefined;
  catalogue: Schema["Catalogue"];
  subject: string;
  known: Known;
  onChange: (n: Node) => void;
}

/** Leaf edits one plain condition: with fields where there are some for it, else as text. */
export function Leaf(props: Props) {
  switch (formOf(props.node, props.catalogue)) {
    case "trait":
      return (
        <TestFields
          node={props.node}
          fields={traitsOf(props.catalogue, props.subject)}
          known={props.known}
          onChange={props.onChange}
        />
      );
    case "event":
      return <EventFields {...props} />;
    case "measure":
      return <MeasureFields {...props} />;
    case "last":
      return <LastFields {...props} />;
    case "segment":
      return <SegmentFields {...props} />;
    default:
      return <TextFields {...props} />;
  }
}

/** traitsOf are the traits that conditions about the subject can test. */
export function traitsOf(c: Schema["Catalogue"], subject: string): Field[] {
  const kind = subject.includes("compan") ? "company" : "person";
  return [
    ...c.traits.filter((t) => t.kind === kind),
    { name: "profile.first_seen", label: "profile.first_seen", type: "instant" },
  ];
}

function EventChoice({
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
      width={140}
    />
  );
}

const eventName = (events: unknown) => ((events as Node).names as string[])[0] ?? "";

function EventFields({ node: n, catalogue, known, onChange }: Props) {
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
        width={88}
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
            width={120}
          />
          {count && (
            <>
              <NumberField
                label={t.times}
                min={0}
                value={count.n as number}
                width={56}
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

function MeasureFields({ node: n, catalogue, known, onChange }: Props) {
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
        width={150}
      />
      {agg !== "count" && (
        <Choice
          label={t.property}
          value={String(m.prop)}
          options={fitting(agg).map((p) => ({ value: p.name, label: p.name }))}
          onChange={(v) => set({ prop: v })}
          search
          width={140}
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
        width={120}
      />
      <NumberField
        label={t.value}
        value={(n.value as Node).value as number}
        width={100}
        onChange={(x) => onChange({ ...n, value: number(x) })}
      />
    </>
  );
}

function LastFields({ node: n, catalogue, known, onChange }: Props) {
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

function SegmentFields({ node: n, catalogue, onChange }: Props) {
  const t = useMessages(messages);
  const name = String(n.segment);
  const options = catalogue.segments.map((s) => ({ value: s.name, label: s.name }));
  if (!options.some((o) => o.value === name)) options.push({ value: name, label: name });
  return (
    <>
      <span className={classes.word}>{t.inSegment}</span>
      <Choice
        label={t.segment}
        value={name}
        options={options}
        onChange={(v) => onChange({ type: "in_segment", segment: v })}
        search
        width={220}
      />
    </>
  );
}

/** TextFields edit a condition as text; what cannot be read changes nothing and says why. */
function TextFields({ text, onChange, node }: Props) {
  const t = useMessages(messages);
  const [value, setValue] = useState(text ?? "");
  const [problem, setProblem] = useState("");
  const kept = useRef(text ?? "");
  useEffect(() => {
    if (text === undefined) return;
    kept.current = text;
    setValue(text);
    setProblem("");
  }, [text]);
  const take = async () => {
    const wanted = value.trim();
    if (wanted === kept.current || wanted === "") return;
    try {
      const e = await call(client.POST("/api/v1/expressions/parse", { body: { text: wanted } }));
      setProblem("");
      const tree = e.tree as unknown as { root: Node };
      onChange(tree.root);
    } catch (err) {
      setProblem(sentence(errorProblem(err).detail));
    }
  };
  return (
    <TextInput
      className={classes.grow}
      classNames={{ input: classes.code }}
      aria-label={t.asText}
      value={value}
      placeholder={node.type === "everyone" ? t.everyone : undefined}
      error={problem || undefined}
      onChange={(e) => setValue(e.currentTarget.value)}
      onBlur={() => void take()}
      onKeyDown={(e) => {
        if (e.key === "Enter") void take();
        if (e.key === "Escape") setValue(kept.current);
      }}
    />
  );
}
