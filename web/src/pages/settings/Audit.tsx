import { Button, Group, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Empty, ErrorState, Loading } from "../../parts/states";
import { auditQuery } from "./queries";
import { settingsRoute } from "./route";
import { messages } from "./Settings";
import classes from "./settings.module.css";

/** Audit is who changed or took out what, newest first. */
export function Audit() {
  const t = useMessages(messages);
  const f = useFormat();
  const navigate = useNavigate();
  const { actor = "" } = settingsRoute.useSearch();
  const [typed, setTyped] = useState(actor);
  const log = useInfiniteQuery(auditQuery(actor));
  const seek = useDebouncedCallback((v: string) => {
    void navigate({ to: "/settings", search: { tab: "audit", ...(v ? { actor: v } : {}) }, replace: true });
  }, 300);

  const entries = log.data?.pages.flatMap((p) => p.entries) ?? [];
  return (
    <>
      <div className={classes.bar}>
        <TextInput
          label={t.onlyActor}
          value={typed}
          onChange={(e) => {
            setTyped(e.currentTarget.value);
            seek(e.currentTarget.value.trim());
          }}
          w={240}
        />
      </div>
      {log.error && !log.data ? (
        <ErrorState error={log.error} retry={log.refetch} />
      ) : !log.data ? (
        <Loading lines={8} />
      ) : entries.length === 0 ? (
        <Empty title={actor ? t.noEntriesOf(actor) : t.noEntries} />
      ) : (
        <>
          <DataTable
            label={t.audit}
            rows={entries}
            rowKey={(e) => e.id}
            columns={[
              { key: "at", label: t.when, cell: (e) => f.dateTime(e.at), width: 150 },
              {
                key: "actor",
                label: t.who,
                cell: (e) => (e.token ? t.byToken(actorOf(e.actor, t), e.token) : actorOf(e.actor, t)),
              },
              { key: "action", label: t.what, cell: (e) => t.actions[e.action] ?? e.action },
              { key: "subject", label: t.subject, cell: (e) => e.subject ?? "" },
              { key: "address", label: t.from, cell: (e) => e.address ?? t.thisMachine, nowrap: true },
              { key: "result", label: t.result, cell: (e) => t.results[e.result] ?? e.result },
            ]}
          />
          {log.hasNextPage && (
            <Group justify="center" mt="md">
              <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
                {t.older}
              </Button>
            </Group>
          )}
        </>
      )}
    </>
  );
}

function actorOf(name: string, t: { localOwner: string; nobody: string }) {
  if (name === "local owner") return t.localOwner;
  if (name === "nobody") return t.nobody;
  return name;
}
