import { Button, Checkbox, Group, Select } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { dataKeys } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Section } from "../../parts/PageHeader";
import classes from "./data.module.css";
import { type Importing, plan, type Request, run } from "./importing";
import { Late } from "./Late";
import { messages } from "./messages";
import { Computed, Written } from "./Written";

type PlanColumn = Schema["PlanColumn"];

const typeNames = ["number", "text", "boolean", "date", "instant", "list"];

/** noteOf is a remark of the server without the advice for the command line. */
function noteOf(note: string): string {
  if (/--id\b/.test(note)) return "";
  const text = note.split(/;? --|; /)[0] ?? "";
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** PlanForm shows how a file would be read and lets it be corrected. */
export function PlanForm({ now, names }: { now: Importing; names: string }) {
  const t = useMessages(messages);
  const f = useFormat();
  const queries = useQueryClient();
  const r = now.request;
  const kind = r.as.startsWith("events:") ? "events" : r.as;
  const labels = now.columns.map((c) => c.label);
  const update = (part: Partial<Request>) => void plan({ ...r, ...part });

  const setKind = (k: string | null) => {
    if (!k) return;
    const events = k === "events";
    update({
      as: events ? "events:purchase" : k,
      order: events ? r.order : undefined,
      time: events ? (r.time ?? now.columns.find((c) => c.type === "instant" || c.type === "date")?.label) : r.time,
    });
  };
  const notes = (now.plan?.notes ?? []).map(noteOf).filter(Boolean);
  const begin = async () => {
    await run();
    await Promise.all([...dataKeys, ["worth"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
  };

  return (
    <>
      <div className={classes.form}>
        <Select
          label={t.rowsAre}
          value={kind}
          allowDeselect={false}
          onChange={setKind}
          data={[
            { value: "customers", label: t.asCustomers },
            { value: "events", label: t.asEvents },
            { value: "companies", label: t.asCompanies },
            { value: "items", label: t.asItems },
          ]}
        />
        {kind === "events" && (
          <Late
            label={t.eventName}
            value={r.as.slice(7)}
            onChange={(v) => update({ as: `events:${v || "purchase"}` })}
          />
        )}
        <Select
          label={t.key}
          title={t.keyHelp}
          value={r.id ?? null}
          placeholder={t.numbered}
          clearable={kind === "customers" || kind === "companies"}
          onChange={(v) => update({ id: v ?? undefined })}
          data={labels}
        />
        {kind !== "items" && (
          <Select
            label={t.time}
            title={t.timeHelp}
            value={r.time ?? null}
            placeholder={t.noTime}
            clearable={kind !== "events"}
            onChange={(v) => update({ time: v ?? undefined })}
            data={labels}
          />
        )}
        {kind === "events" && (
          <Select
            label={t.order}
            title={t.orderHelp}
            value={r.order ?? null}
            placeholder={t.noOrder}
            clearable
            onChange={(v) => update({ order: v ?? undefined })}
            data={labels}
          />
        )}
      </div>
      <Written now={now} />
      {now.plan && (
        <Section title={t.columnsHead}>
          <p className={classes.note}>
            {t.howRead(
              now.plan.encoding,
              t.delimiters[now.plan.delimiter] ?? now.plan.delimiter,
              f.count(now.plan.sampled),
            )}
          </p>
          <PlanColumns columns={now.plan.columns} sampled={now.plan.sampled} request={r} update={update} />
        </Section>
      )}
      <Computed now={now} />
      {notes.length > 0 && (
        <Section title={t.notes}>
          <ul className={classes.notes}>
            {notes.map((n) => (
              <li key={n}>{n}</li>
            ))}
          </ul>
        </Section>
      )}
      <Group>
        <Button
          size="sm"
          disabled={!now.plan || Boolean(now.problem)}
          loading={now.planning}
          onClick={() => void begin()}
        >
          {t.doImport(names)}
        </Button>
      </Group>
    </>
  );
}

function PlanColumns(props: {
  columns: PlanColumn[];
  sampled: number;
  request: Request;
  update: (part: Partial<Request>) => void;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const { request: r, update } = props;
  const out = (c: PlanColumn) => r.map?.[c.label] === "";
  const special = (c: PlanColumn) => c.role === "id" || c.role === "time";
  const named = (label: string, name: string | undefined) => {
    const map = { ...r.map };
    if (name === undefined) delete map[label];
    else map[label] = name;
    update({ map });
  };
  return (
    <DataTable
      label={t.columnsHead}
      rows={props.columns}
      rowKey={(c) => c.label}
      columns={[
        {
          key: "label",
          label: t.column,
          cell: (c) => (
            <Checkbox
              checked={!out(c)}
              disabled={special(c)}
              label={c.label}
              aria-label={t.take(c.label)}
              onChange={(e) => named(c.label, e.currentTarget.checked ? undefined : "")}
            />
          ),
        },
        { key: "role", label: t.use, cell: (c) => t.roles[out(c) ? "none" : c.role] ?? c.role, nowrap: true },
        {
          key: "name",
          label: t.name,
          cell: (c) =>
            special(c) || out(c) ? (
              ""
            ) : (
              <Late label={t.nameOf(c.label)} hidden value={c.name} onChange={(v) => named(c.label, v || undefined)} />
            ),
        },
        {
          key: "type",
          label: t.type,
          cell: (c) =>
            special(c) || out(c) ? (
              (t.types[c.type] ?? c.type)
            ) : (
              <Select
                aria-label={t.typeOf(c.label)}
                w={128}
                value={c.type}
                allowDeselect={false}
                onChange={(v) => v && update({ types: { ...r.types, [c.label]: v } })}
                data={[...new Set([...typeNames, c.type])].map((v) => ({ value: v, label: t.types[v] ?? v }))}
              />
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
          cell: (c) => (c.missing > 0 ? t.missingOf(f.count(c.missing), f.count(props.sampled)) : ""),
        },
      ]}
    />
  );
}
