import type { ReactNode } from "react";
import type { Schema } from "../../api/client";
import { type Format, useFormat } from "../../format/format";
import { shown } from "../../format/value";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Section } from "../../parts/PageHeader";
import classes from "./data.module.css";
import type { Importing } from "./importing";
import { messages } from "./messages";

type Field = Schema["PreviewField"];
type Row = Schema["PreviewRow"];
type Reject = Schema["PreviewReject"];

/** Preview shows what the first rows become, as the server's own conversion gives it, and which it cannot take. */
export function Preview({ now }: { now: Importing }) {
  const t = useMessages(messages);
  const f = useFormat();
  const { plan } = now;
  if (!plan || now.problem) return null;
  const p = plan.preview;
  const read = f.count(p.read);
  const rows = plan.whole ? t.rowsAll(read, p.read) : t.rowsFirst(read, f.short(plan.rows));
  const several = now.files.length > 1;
  return (
    <Section title={t.previewHead}>
      <p className={classes.note} aria-live="polite">
        {p.rejected === 0 ? t.previewAll(rows) : t.previewSome(rows, f.count(p.read - p.rejected), f.count(p.rejected))}
      </p>
      <div className={classes.preview} aria-busy={now.planning}>
        {p.rows.length > 0 && (
          <DataTable
            label={t.previewHead}
            rows={p.rows}
            rowKey={(r) => `${r.file} ${r.line}`}
            columns={[
              { key: "line", label: t.line, cell: (r) => f.count(r.line), right: true, width: 64 },
              ...p.fields.map((field, i) => ({
                key: `${field.role} ${field.name} ${field.label}`,
                label: headOf(field, t.roles),
                cell: (r: Row) => <Cell value={r.values[i]} raw={r.raw[i] ?? ""} f={f} />,
                right: field.type === "number",
                nowrap: field.type !== "text" && field.type !== "list",
              })),
            ]}
          />
        )}
        {p.rejects.length > 0 && (
          <>
            <h3 className={classes.subhead}>{t.previewRejects(f.count(p.rejected), f.count(p.rejects.length))}</h3>
            <DataTable
              label={t.rejectsTable}
              rows={p.rejects}
              rowKey={(r) => `${r.file} ${r.line}`}
              columns={[
                { key: "line", label: t.line, cell: (r) => f.count(r.line), right: true, width: 64 },
                ...(several ? [{ key: "file", label: t.file, cell: (r: Reject) => r.file }] : []),
                { key: "column", label: t.column, cell: (r) => r.column ?? t.wholeRow },
                { key: "value", label: t.inFile, cell: (r) => <span className={classes.examples}>{r.value}</span> },
                { key: "reason", label: t.reason, cell: (r) => r.reason },
              ]}
            />
          </>
        )}
      </div>
    </Section>
  );
}

/** A field is called what it becomes; a key, a time and the like what they are. */
function headOf(field: Field, roles: Record<string, string>): string {
  if (field.name) return field.name;
  const role = roles[field.role] ?? field.role;
  return field.label ? `${field.label} (${role})` : role;
}

/** Cell is a value as it is read, above the text in the file where that differs. */
function Cell({ value, raw, f }: { value: unknown; raw: string; f: Format }): ReactNode {
  const text = typeof value === "number" ? f.exact(value) : shown(value, f);
  const same = raw === "" || raw.trim() === text;
  return (
    <>
      {text}
      {!same && <span className={classes.raw}>{raw}</span>}
    </>
  );
}
