import { Checkbox, Select } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Section } from "../../parts/PageHeader";
import classes from "./data.module.css";
import { faultAt, type Importing, plan, type Request } from "./importing";
import { Late } from "./Late";
import { messages } from "./messages";
import { kindOf, takeAs, takenAs, type Use, usesFor } from "./uses";

type Column = Schema["PlanColumn"];

const typeNames = ["number", "text", "boolean", "date", "instant", "list", "location"];

/** PlanColumns shows what each column becomes, and lets it be said otherwise. What is wrong in one stands there. */
export function PlanColumns({ now }: { now: Importing }) {
  const t = useMessages(messages);
  const f = useFormat();
  const r = now.request;
  const kind = kindOf(r);
  const sampled = now.plan?.sampled ?? 0;
  const update = (request: Request) => void plan(request);
  /** The name that a column has as long as nothing is said of it. */
  const nameIn = (label: string) => now.columns.find((c) => c.label === label)?.name ?? "";
  const named = (label: string, name: string) => {
    const map = { ...r.map };
    if (name) map[label] = name;
    else delete map[label];
    update({ ...r, map });
  };
  const typed = (c: Column) => {
    const use = takenAs(r, c.label);
    return use === "plain" || use === "order";
  };
  const nameOf = (u: Use) => (u === "plain" ? t.plainUses[kind] : t.uses[u]);
  return (
    <Section title={t.columnsHead}>
      {now.plan && <p className={classes.note}>{t.typesFrom(f.count(sampled), sampled)}</p>}
      <DataTable
        label={t.columnsHead}
        rows={now.plan?.columns ?? now.columns}
        rowKey={(c) => c.label}
        columns={[
          {
            key: "label",
            label: t.column,
            cell: (c) => (
              <Checkbox
                checked={takenAs(r, c.label) !== "none"}
                disabled={r.id === c.label || r.time === c.label || r.order === c.label}
                label={c.label}
                aria-label={t.take(c.label)}
                onChange={(e) => update(takeAs(r, c.label, e.currentTarget.checked ? "plain" : "none"))}
              />
            ),
          },
          {
            key: "use",
            label: t.use,
            cell: (c) => {
              const use = takenAs(r, c.label);
              return use === "none" ? (
                t.uses.none
              ) : (
                <Select
                  aria-label={t.usedAs(c.label)}
                  w={160}
                  value={use}
                  allowDeselect={false}
                  error={use !== "plain" && faultAt(now, `map.${c.label}`)}
                  onChange={(u) => u && update(takeAs(r, c.label, u as Use))}
                  data={usesFor(kind).map((u) => ({ value: u, label: nameOf(u) }))}
                />
              );
            },
          },
          {
            key: "name",
            label: t.name,
            cell: (c) =>
              typed(c) && (
                <Late
                  label={t.nameOf(c.label)}
                  hidden
                  value={r.map?.[c.label] ?? (c.name || nameIn(c.label))}
                  error={faultAt(now, `map.${c.label}`)}
                  onChange={(name) => named(c.label, name)}
                />
              ),
          },
          {
            key: "type",
            label: t.type,
            cell: (c) => (
              <>
                {typed(c) ? (
                  <Select
                    aria-label={t.typeOf(c.label)}
                    w={128}
                    value={r.types?.[c.label] ?? c.type}
                    allowDeselect={false}
                    error={faultAt(now, `types.${c.label}`)}
                    onChange={(v) => v && update({ ...r, types: { ...r.types, [c.label]: v } })}
                    data={[...new Set([...typeNames, c.type])].map((v) => ({ value: v, label: t.types[v] ?? v }))}
                  />
                ) : (
                  takenAs(r, c.label) !== "none" && (t.types[c.type] ?? c.type)
                )}
                {c.format && (
                  <span className={c.doubt ? classes.warn : classes.raw} title={c.why}>
                    {t.formats[c.format] ?? c.format}
                    {c.doubt && `: ${t.guessed}`}
                  </span>
                )}
              </>
            ),
          },
          {
            key: "examples",
            label: t.examples,
            cell: (c) => <span className={classes.examples}>{c.examples.join(" · ")}</span>,
          },
          {
            key: "missing",
            label: t.missing,
            right: true,
            cell: (c) => (c.missing > 0 ? t.missingOf(f.count(c.missing), f.count(sampled)) : ""),
          },
        ]}
      />
    </Section>
  );
}
