import { Anchor, Badge, Button } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Editors } from "../../access/Editors";
import { call, client, type Schema } from "../../api/client";
import { dataKeys, importsQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { useMessages } from "../../i18n/language";
import { useConfirm } from "../../parts/confirm";
import { DataTable } from "../../parts/DataTable";
import { Empty, Loaded } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { messages } from "./messages";

type Import = Schema["Import"];

const fileOf = (i: Import) => i.files.map((f) => f.split("/").pop()).join(", ");

/** Ledger is every import, with the way back. */
export function Ledger() {
  const t = useMessages(messages);
  const imports = useQuery(importsQuery);
  return (
    <Loaded query={imports}>
      {(page) =>
        page.imports.length === 0 ? (
          <Empty icon={<IconHistory size={28} stroke={1.4} />} title={t.noImports}>
            {t.noImportsText}
          </Empty>
        ) : (
          <Imports imports={page.imports} />
        )
      }
    </Loaded>
  );
}

function Imports({ imports }: { imports: Import[] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const terms = useTerms();
  const confirm = useConfirm();
  const toast = useToast();
  const queries = useQueryClient();
  const undo = useMutation({
    mutationFn: (i: Import) => call(client.POST("/api/v1/imports/{id}/undo", { params: { path: { id: i.id } } })),
    onSuccess: (_, i) => toast.done(t.undone(fileOf(i))),
    onError: (err) => toast.failed(err),
    onSettled: () => Promise.all(dataKeys.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const ask = async (i: Import) => {
    const yes = await confirm({
      title: t.undoTitle(fileOf(i)),
      text: t.undoText(f.count(i.rows)),
      action: t.undoAction(f.count(i.rows)),
      danger: true,
    });
    if (yes) undo.mutate(i);
  };
  return (
    <DataTable
      label={t.importsTab}
      rows={imports}
      rowKey={(i) => i.id}
      columns={[
        { key: "id", label: "№", cell: (i) => i.id, value: (i) => i.id, width: 48 },
        { key: "file", label: t.file, cell: fileOf, value: fileOf },
        { key: "as", label: t.as, cell: (i) => terms.rows(i.as), value: (i) => i.as },
        { key: "rows", label: t.rows, cell: (i) => f.count(i.rows), value: (i) => i.rows, right: true },
        {
          key: "rejected",
          label: t.rejected,
          right: true,
          value: (i) => i.rejected,
          cell: (i) => (
            <>
              {f.count(i.rejected)}
              {i.rejected > 0 && i.state === "committed" && (
                <Editors>
                  {" · "}
                  <Anchor
                    size="sm"
                    underline="always"
                    href={`/api/v1/imports/${i.id}/rejects`}
                    download
                    aria-label={t.downloadOf(f.count(i.rejected), String(i.id))}
                  >
                    {t.download}
                  </Anchor>
                </Editors>
              )}
            </>
          ),
        },
        { key: "created", label: t.created, cell: (i) => f.count(i.created), value: (i) => i.created, right: true },
        { key: "when", label: t.when, cell: (i) => f.dateTime(i.started), value: (i) => i.started, nowrap: true },
        {
          key: "state",
          label: t.state,
          value: (i) => i.state,
          cell: (i) => (
            <Badge variant="outline" color="gray">
              {t.states[i.state] ?? i.state}
            </Badge>
          ),
        },
        {
          key: "actions",
          label: t.actions,
          cell: (i) =>
            i.state === "committed" && (
              <Editors>
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={t.undoOf(String(i.id))}
                  loading={undo.isPending && undo.variables.id === i.id}
                  onClick={() => void ask(i)}
                >
                  {t.undo}
                </Button>
              </Editors>
            ),
        },
      ]}
    />
  );
}
