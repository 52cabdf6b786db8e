import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Loaded } from "../../parts/states";
import { Compared } from "./Compared";
import { messages } from "./messages";
import { historyQuery } from "./queries";
import classes from "./segments.module.css";

/** History shows the versions of a segment, which can be compared and restored, and its refreshes. */
export function History({ segment: s, asOf }: { segment: Schema["Segment"]; asOf: string | undefined }) {
  const t = useMessages(messages);
  const f = useFormat();
  const q = useQuery(historyQuery(s.name));
  const [compared, setCompared] = useState<number>();
  return (
    <Loaded query={q}>
      {(h) => {
        const old = h.versions.find((v) => v.number === compared && v.number !== s.version);
        return (
          <>
            <DataTable
              label={t.versions}
              rows={h.versions}
              rowKey={(v) => v.number}
              columns={[
                { key: "number", label: t.version, cell: (v) => v.number, value: (v) => v.number, width: 80 },
                { key: "saved", label: t.saved, cell: (v) => f.dateTime(v.saved), value: (v) => v.saved, nowrap: true },
                { key: "author", label: t.author, cell: (v) => v.author || "–", nowrap: true },
                {
                  key: "expression",
                  label: t.definition,
                  cell: (v) => <code className={classes.definition}>{v.expression}</code>,
                },
                { key: "note", label: t.note, cell: (v) => v.note || "–" },
                {
                  key: "compare",
                  label: "",
                  cell: (v) =>
                    v.number === s.version ? (
                      t.current
                    ) : (
                      <Button
                        variant="default"
                        size="compact-xs"
                        aria-expanded={v.number === compared}
                        aria-label={t.compareVersion(v.number)}
                        onClick={() => setCompared(v.number === compared ? undefined : v.number)}
                      >
                        {t.compare}
                      </Button>
                    ),
                },
              ]}
            />
            {old && <Compared key={old.number} segment={s} version={old} asOf={asOf} />}
            {h.runs.length > 0 && (
              <div className={classes.runs}>
                <Runs runs={h.runs.slice(0, 20)} />
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function Runs({ runs }: { runs: Schema["Run"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  return (
    <DataTable
      label={t.runs}
      rows={runs}
      rowKey={(r) => r.id}
      columns={[
        {
          key: "started",
          label: t.refreshedAt,
          cell: (r) => f.dateTime(r.started),
          value: (r) => r.started,
          nowrap: true,
        },
        { key: "as_of", label: t.asOf, cell: (r) => f.asOf(r.as_of), value: (r) => r.as_of, nowrap: true },
        { key: "version", label: t.version, cell: (r) => r.version, value: (r) => r.version, right: true },
        {
          key: "members",
          label: t.members,
          cell: (r) => (r.error ? r.error : f.count(r.members)),
          value: (r) => r.members,
          right: true,
        },
        { key: "joined", label: t.joined, cell: (r) => f.change(r.joined), value: (r) => r.joined, right: true },
        { key: "left", label: t.left, cell: (r) => f.change(-r.left), value: (r) => r.left, right: true },
      ]}
    />
  );
}
