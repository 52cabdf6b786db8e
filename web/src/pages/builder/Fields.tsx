import { ActionIcon, NumberInput, Select, TagsInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DayInput } from "../../parts/DayInput";
import classes from "./builder.module.css";
import {
  type Field,
  first,
  number,
  type Operator,
  operatorOf,
  operatorsOf,
  test,
  text,
  units,
  window,
  windowTypes,
} from "./forms";
import { messages } from "./messages";
import type { Node } from "./tree";

/** A value that occurs, and in how large a part of all that are known. */
export interface Frequent {
  value: string;
  share: number;
}

/** What the fields of a condition need to know. */
export interface Known {
  /** Values of a trait or property, most frequent first, for completion. */
  values: (event: string | undefined, name: string) => Frequent[];
  /** The as-of day: the default of dates. */
  today: string;
  /** The as-of day that was chosen; now without it. */
  asOf: string | undefined;
}

/** fit is the width of a field that holds a text, so that a condition reads as a sentence. */
const fit = (chars: number, around: number) => Math.round(Math.min(260, Math.max(3, chars) * 6.7 + around));

/** NumberField takes numbers and keeps the field usable while it is being written. */
export function NumberField(props: { label: string; value: number; onChange: (n: number) => void; min?: number }) {
  return (
    <NumberInput
      aria-label={props.label}
      value={props.value}
      min={props.min}
      hideControls
      w={fit(String(props.value).length, 34)}
      onChange={(v) => {
        if (typeof v === "number" && Number.isFinite(v)) props.onChange(v);
      }}
    />
  );
}

/** Choice takes one of some values; a note may say more of one. */
export function Choice<T extends string>(props: {
  label: string;
  value: T;
  options: { value: T; label: string; note?: string }[];
  onChange: (v: T) => void;
  search?: boolean;
}) {
  const chosen = props.options.find((o) => o.value === props.value);
  const notes = new Map(props.options.flatMap((o) => (o.note ? [[o.value as string, o.note]] : [])));
  return (
    <Select
      aria-label={props.label}
      data={props.options}
      value={props.value}
      onChange={(v) => {
        if (v !== null) props.onChange(v as T);
      }}
      allowDeselect={false}
      searchable={props.search}
      w={fit((chosen?.label ?? props.value).length, 46)}
      comboboxProps={{ width: "max-content", position: "bottom-start" }}
      maxDropdownHeight={320}
      renderOption={
        notes.size > 0 ? ({ option }) => <Noted text={option.label} note={notes.get(option.value) ?? ""} /> : undefined
      }
    />
  );
}

/** Noted is an option with what is worth knowing of it. */
function Noted({ text, note }: { text: string; note: string }) {
  return (
    <span className={classes.noted}>
      <span>{text}</span>
      <span className={classes.note}>{note}</span>
    </span>
  );
}

/** DateField takes a day. An unfinished date changes nothing. */
export function DateField(props: { label: string; value: string; onChange: (v: string) => void }) {
  return (
    <DayInput
      aria-label={props.label}
      value={props.value}
      onChange={(d) => {
        if (d) props.onChange(d);
      }}
      w={150}
    />
  );
}

/** WindowFields edit a stretch of time; without one it is ever. */
export function WindowFields(props: {
  value: Node | undefined;
  today: string;
  optional?: boolean;
  onChange: (w: Node | undefined) => void;
}) {
  const t = useMessages(messages);
  const { value: w, onChange, today } = props;
  const type = (w?.type as (typeof windowTypes)[number] | undefined) ?? "ever";
  const options = [
    ...(props.optional ? [{ value: "ever" as const, label: t.ever }] : []),
    ...windowTypes.map((v) => ({ value: v, label: t.windows[v] })),
  ];
  return (
    <>
      <Choice<(typeof windowTypes)[number] | "ever">
        label={t.when}
        value={type}
        options={options}
        onChange={(v) => onChange(v === "ever" ? undefined : window(v, w, today))}
      />
      {w && <WindowValues value={w} onChange={onChange} />}
    </>
  );
}

function WindowValues({ value: w, onChange }: { value: Node; onChange: (w: Node) => void }) {
  const t = useMessages(messages);
  const date = (field: "from" | "to" | "date", label: string) => (
    <DateField
      label={label}
      value={String((w[field] as Node).value)}
      onChange={(v) => onChange({ ...w, [field]: { type: "date", value: v } })}
    />
  );
  switch (w.type) {
    case "within_last":
    case "more_than":
      return (
        <>
          <NumberField
            label={t.howMany}
            min={1}
            value={w.n as number}
            onChange={(n) => onChange({ ...w, n: Math.max(1, Math.round(n)) })}
          />
          <Choice
            label={t.unit}
            value={w.unit as (typeof units)[number]}
            options={units.map((u) => ({ value: u, label: t.units[u] }))}
            onChange={(unit) => onChange({ ...w, unit })}
          />
          {w.type === "more_than" && <span>{t.ago}</span>}
        </>
      );
    case "between_dates":
      return (
        <>
          {date("from", t.from)}
          <span>{t.and}</span>
          {date("to", t.to)}
        </>
      );
  }
  return date("date", t.date);
}

/** TestFields edit the test of one trait or property. */
export function TestFields(props: {
  node: Node;
  fields: Field[];
  event?: string;
  known: Known;
  onChange: (n: Node) => void;
  onRemove?: () => void;
}) {
  const t = useMessages(messages);
  const { node: n, known, onChange } = props;
  const name = String((n.term as Node).name);
  const field = props.fields.find((f) => f.name.toLowerCase() === name.toLowerCase() || f.label === name) ?? {
    name,
    label: name,
    type: "text",
  };
  const op = operatorOf(n);
  return (
    <>
      <Choice
        label={props.event ? t.property : t.trait}
        value={field.name}
        options={props.fields.map((f) => ({
          value: f.name,
          label: f.name,
          note: f.label !== f.name ? f.label : t.types[f.type as "text"],
        }))}
        onChange={(v) => {
          const next = props.fields.find((f) => f.name === v);
          if (next) onChange(first(next, known.today));
        }}
        search
      />
      <Choice<Operator>
        label={t.operator}
        value={op}
        options={operatorsOf(field.type, props.event !== undefined).map((v) => ({
          value: v,
          label:
            field.type === "number" || field.type === "text"
              ? t.operators[v]
              : (t.windows[v as "on"] ?? t.operators[v]),
        }))}
        onChange={(v) => onChange(test(field, v, n, known.today))}
      />
      <TestValue node={n} values={known.values(props.event, field.name)} onChange={onChange} />
      {props.onRemove && (
        <ActionIcon aria-label={t.removeTest} onClick={props.onRemove}>
          <IconX size={14} />
        </ActionIcon>
      )}
    </>
  );
}

function TestValue({ node: n, values, onChange }: { node: Node; values: Frequent[]; onChange: (n: Node) => void }) {
  const t = useMessages(messages);
  const f = useFormat();
  const shares = new Map(values.map((v) => [v.value, f.percent(v.share)]));
  const texts = (list: string[], change: (v: string[]) => void) => (
    <TagsInput
      aria-label={t.values}
      size="xs"
      className={classes.values}
      placeholder={list.some((v) => v !== "") ? undefined : t.chooseValue}
      data={values.map((v) => v.value)}
      renderOption={({ option }) => <Noted text={option.value} note={shares.get(option.value) ?? ""} />}
      value={list.filter((v) => v !== "")}
      onChange={(v) => change(v.length > 0 ? v : [""])}
      maxDropdownHeight={240}
      acceptValueOnBlur
    />
  );
  switch (n.type) {
    case "compare": {
      const v = n.value as Node;
      if (v.type === "number")
        return (
          <NumberField
            label={t.value}
            value={v.value as number}
            onChange={(x) => onChange({ ...n, value: number(x) })}
          />
        );
      if (v.type === "text")
        return texts([String(v.value)], (list) => onChange({ ...n, value: text(list.at(-1) ?? "") }));
      return null;
    }
    case "between":
      return (
        <>
          <NumberField
            label={t.from}
            value={(n.lo as Node).value as number}
            onChange={(x) => onChange({ ...n, lo: number(x) })}
          />
          <span>{t.and}</span>
          <NumberField
            label={t.to}
            value={(n.hi as Node).value as number}
            onChange={(x) => onChange({ ...n, hi: number(x) })}
          />
        </>
      );
    case "in":
    case "includes":
      return texts(
        (n.values as Node[]).map((v) => String(v.value)),
        (list) => onChange({ ...n, ...(n.type === "includes" ? { mode: "any" } : {}), values: list.map(text) }),
      );
    case "text_match":
      return texts(n.texts as string[], (list) => {
        const { any_of: _, ...rest } = n;
        onChange({ ...rest, type: n.type, texts: list, ...(list.length > 1 ? { any_of: true } : {}) });
      });
    case "rank":
      return (
        <>
          <NumberField
            label={t.share}
            min={0}
            value={n.n as number}
            onChange={(x) => onChange({ ...n, n: Math.min(100, Math.max(0.1, x)), percent: true })}
          />
          <span>%</span>
        </>
      );
    case "in_window":
      return <WindowValues value={n.window as Node} onChange={(w) => onChange({ ...n, window: w })} />;
  }
  return null;
}
