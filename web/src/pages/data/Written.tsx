import { ActionIcon, Button, Group, Select } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useMessages } from "../../i18n/language";
import { Section } from "../../parts/PageHeader";
import { sentence } from "../../parts/states";
import classes from "./data.module.css";
import { type Importing, plan, type Request, reread } from "./importing";
import { Late } from "./Late";
import { messages } from "./messages";

const found = "found";

/** Written shows how the file is written and lets it be said otherwise; what was found comes first. */
export function Written({ now }: { now: Importing }) {
  const t = useMessages(messages);
  const r = now.request;
  const delimiter = now.plan?.delimiter ?? "";
  const choose = (v: string | null) => (v === null || v === found ? undefined : v);
  return (
    <Section title={t.written}>
      <div className={classes.form}>
        <Select
          label={t.delimiter}
          allowDeselect={false}
          value={r.delimiter ?? found}
          onChange={(v) => void reread({ delimiter: choose(v) })}
          data={[
            {
              value: found,
              label: r.delimiter ? t.findIt : t.foundAs(t.delimiters[delimiter] ?? delimiter),
            },
            ...[",", ";", "tab", "|"].map((value) => ({ value, label: t.delimiters[value] ?? value })),
          ]}
        />
        <Select
          label={t.header}
          allowDeselect={false}
          value={r.header === undefined ? found : r.header ? "yes" : "no"}
          onChange={(v) => void reread({ header: v === found ? undefined : v === "yes" })}
          data={[
            {
              value: found,
              label:
                r.header !== undefined || !now.plan ? t.findIt : t.foundAs(now.plan.header ? t.headerYes : t.headerNo),
            },
            { value: "yes", label: t.headerYes },
            { value: "no", label: t.headerNo },
          ]}
        />
        <Select
          label={t.decimal}
          allowDeselect={false}
          value={r.decimal ?? found}
          onChange={(v) => void plan({ ...r, decimal: choose(v) })}
          data={[
            { value: found, label: t.findIt },
            { value: ",", label: t.decimalComma },
            { value: ".", label: t.decimalPoint },
          ]}
        />
        <Select
          label={t.dateOrder}
          allowDeselect={false}
          value={r.date_order ?? found}
          onChange={(v) => void plan({ ...r, date_order: choose(v) as Request["date_order"] })}
          data={[
            { value: found, label: t.findIt },
            { value: "dmy", label: t.dateOrders.dmy },
            { value: "mdy", label: t.dateOrders.mdy },
            { value: "ymd", label: t.dateOrders.ymd },
          ]}
        />
      </div>
    </Section>
  );
}

/** Computed lets fields be computed of others. What is wrong in one stands at it. */
export function Computed({ now }: { now: Importing }) {
  const t = useMessages(messages);
  const r = now.request;
  const fields = r.compute ?? [];
  const [draft, setDraft] = useState<{ name: string; formula: string }[]>([]);
  const [touched, touch] = useState(-1);
  const all = [...fields, ...draft];
  const set = (i: number, part: Partial<{ name: string; formula: string }>) => {
    const next = all.map((c, k) => (k === i ? { ...c, ...part } : c));
    const whole = next.filter((c) => c.name && c.formula);
    touch(i);
    setDraft(next.filter((c) => !c.name || !c.formula));
    if (JSON.stringify(whole) !== JSON.stringify(fields)) void plan({ ...r, compute: whole });
  };
  const remove = (i: number) => {
    touch(-1);
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
          <Late label={t.computedName} value={c.name} onChange={(name) => set(i, { name })} />
          <Late
            label={t.formula}
            value={c.formula}
            placeholder="quantity * unit_price"
            width={260}
            error={touched === i && now.problem ? sentence(now.problem.detail) : undefined}
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
