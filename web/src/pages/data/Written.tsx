import { ActionIcon, Button, Group, Select } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { useMessages } from "../../i18n/language";
import { Section } from "../../parts/PageHeader";
import { sentence } from "../../parts/states";
import classes from "./data.module.css";
import { faultAt, type Importing, plan, type Request, reread } from "./importing";
import { Late } from "./Late";
import { messages } from "./messages";

const found = "found";

/** Written shows how the file is written and lets it be said otherwise; what was found comes first. */
export function Written({ now }: { now: Importing }) {
  const t = useMessages(messages);
  const r = now.request;
  const p = now.plan;
  const choose = (v: string | null) => (v === null || v === found ? undefined : v);
  /** The choice of what was found, with what that is as long as it is taken. */
  const first = (given: unknown, what: string | undefined) => ({
    value: found,
    label: given !== undefined || !what ? t.findIt : t.foundAs(what),
  });
  return (
    <Section title={t.written}>
      <div className={classes.form}>
        <Select
          label={t.encoding}
          allowDeselect={false}
          value={r.encoding ?? found}
          error={faultAt(now, "encoding")}
          onChange={(v) => void reread({ encoding: choose(v) })}
          data={[first(r.encoding, p?.encoding), ...encodings]}
        />
        <Select
          label={t.delimiter}
          allowDeselect={false}
          value={r.delimiter ?? found}
          error={faultAt(now, "delimiter")}
          onChange={(v) => void reread({ delimiter: choose(v) })}
          data={[
            first(r.delimiter, p && (t.delimiters[p.delimiter] ?? p.delimiter)),
            ...[",", ";", "tab", "|"].map((value) => ({ value, label: t.delimiters[value] ?? value })),
          ]}
        />
        <Select
          label={t.header}
          allowDeselect={false}
          value={r.header === undefined ? found : r.header ? "yes" : "no"}
          error={faultAt(now, "header")}
          onChange={(v) => void reread({ header: v === found ? undefined : v === "yes" })}
          data={[
            first(r.header, p && (p.header ? t.headerYes : t.headerNo)),
            { value: "yes", label: t.headerYes },
            { value: "no", label: t.headerNo },
          ]}
        />
        <Select
          label={t.decimal}
          allowDeselect={false}
          value={r.decimal ?? found}
          error={faultAt(now, "decimal")}
          description={<Why finding={p?.decimal} />}
          inputWrapperOrder={["label", "input", "error", "description"]}
          onChange={(v) => void plan({ ...r, decimal: choose(v) })}
          data={[
            first(r.decimal, p && t.decimals[p.decimal.found]),
            { value: ",", label: t.decimals[","] ?? "" },
            { value: ".", label: t.decimals["."] ?? "" },
          ]}
        />
        <Select
          label={t.dateOrder}
          allowDeselect={false}
          value={r.date_order ?? found}
          error={faultAt(now, "date_order")}
          description={<Why finding={p?.date_order} />}
          inputWrapperOrder={["label", "input", "error", "description"]}
          onChange={(v) => void plan({ ...r, date_order: choose(v) as Request["date_order"] })}
          data={[
            first(r.date_order, p && t.dateOrders[p.date_order.found]),
            ...["dmy", "mdy", "ymd"].map((value) => ({ value, label: t.dateOrders[value] ?? value })),
          ]}
        />
      </div>
    </Section>
  );
}

/** The encodings that can be said; their names are the same in all languages. */
const encodings = [
  { value: "utf-8", label: "UTF-8" },
  { value: "utf-16", label: "UTF-16" },
  { value: "windows-1252", label: "Windows-1252 (Latin-1)" },
];

/** Why says what shows that a file is written so. */
function Why({ finding }: { finding: Schema["Finding"] | undefined }) {
  const t = useMessages(messages);
  if (!finding?.why) return null;
  return (
    <span className={finding.doubt ? classes.warn : undefined}>
      {sentence(finding.why)}
      {finding.doubt && `. ${t.doubt}`}
    </span>
  );
}

/** Computed lets fields be computed of others. What is wrong in one stands at it. */
export function Computed({ now }: { now: Importing }) {
  const t = useMessages(messages);
  const r = now.request;
  const fields = r.compute ?? [];
  const [draft, setDraft] = useState<{ name: string; formula: string }[]>([]);
  const all = [...fields, ...draft];
  const set = (i: number, part: Partial<{ name: string; formula: string }>) => {
    const next = all.map((c, k) => (k === i ? { ...c, ...part } : c));
    const whole = next.filter((c) => c.name && c.formula);
    setDraft(next.filter((c) => !c.name || !c.formula));
    if (JSON.stringify(whole) !== JSON.stringify(fields)) void plan({ ...r, compute: whole });
  };
  const remove = (i: number) => {
    if (i >= fields.length) setDraft(draft.filter((_, k) => k !== i - fields.length));
    else void plan({ ...r, compute: fields.filter((_, k) => k !== i) });
  };
  return (
    <Section title={t.computedHead}>
      <p className={classes.note}>{t.computedText}</p>
      {all.map((c, i) => (
        <Group
          // biome-ignore lint/suspicious/noArrayIndexKey: fields have no other identity while they are written
          key={i}
          gap="xs"
          align="flex-start"
          mb="xs"
        >
          <Late
            label={t.computedName}
            value={c.name}
            error={i < fields.length ? faultAt(now, `compute[${i}].name`) : undefined}
            onChange={(name) => set(i, { name })}
          />
          <Late
            label={t.formula}
            value={c.formula}
            placeholder="quantity * unit_price"
            width={260}
            error={i < fields.length ? faultAt(now, `compute[${i}].formula`) : undefined}
            onChange={(formula) => set(i, { formula })}
          />
          <ActionIcon mt={22} aria-label={t.removeComputed(c.name)} onClick={() => remove(i)}>
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPlus size={14} />}
        onClick={() => setDraft([...draft, { name: "", formula: "" }])}
      >
        {t.addComputed}
      </Button>
    </Section>
  );
}
