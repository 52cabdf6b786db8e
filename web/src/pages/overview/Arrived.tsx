import { Link } from "@tanstack/react-router";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Section } from "../../parts/PageHeader";
import { messages } from "./messages";

/** Arrived lists the latest imports. */
export function Arrived({ imports }: { imports: Schema["Import"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const terms = useTerms();
  const rows = imports.filter((i) => i.state === "committed").slice(0, 5);
  if (rows.length === 0) return null;
  return (
    <Section
      title={t.arrived}
      aside={
        <Link to="/data" search={{ tab: "imports" }}>
          {t.allImports}
        </Link>
      }
    >
      <DataTable
        label={t.arrived}
        rows={rows}
        rowKey={(i) => i.id}
        columns={[
          { key: "files", label: t.files, cell: (i) => f.list(i.files.map((x) => x.split("/").pop() ?? x)) },
          { key: "as", label: t.arrivedAs, cell: (i) => terms.rows(i.as) },
          { key: "rows", label: t.rows, cell: (i) => f.count(i.rows), right: true },
          { key: "rejected", label: t.rejected, cell: (i) => f.count(i.rejected), right: true },
          { key: "when", label: t.when, cell: (i) => f.ago(i.started), nowrap: true },
        ]}
      />
    </Section>
  );
}
