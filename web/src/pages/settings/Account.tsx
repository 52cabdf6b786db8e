import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { minPassword, NewPassword } from "../../access/NewPassword";
import { Failure } from "../../access/SignIn";
import { call, client } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Section } from "../../parts/PageHeader";
import { Loaded } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { sessionsQuery } from "./queries";
import { messages } from "./Settings";
import classes from "./settings.module.css";

/** Account is one's own password and the browsers one is signed in with. */
export function Account() {
  const t = useMessages(messages);
  return (
    <Stack gap="xl">
      <Section title={t.changePassword}>
        <Password />
      </Section>
      <Section title={t.sessions}>
        <Sessions />
      </Section>
    </Stack>
  );
}

function Password() {
  const t = useMessages(messages);
  const toast = useToast();
  const queries = useQueryClient();
  const [present, setPresent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () => call(client.PUT("/api/v1/session/password", { body: { present, new: next } })),
    onSuccess: () => {
      setPresent("");
      setNext("");
      void queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      toast.done(t.passwordChanged);
    },
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    change.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" className={classes.form}>
        <PasswordInput
          size="xs"
          label={t.presentPassword}
          autoComplete="current-password"
          value={present}
          onChange={(e) => setPresent(e.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": t.showPassword }}
          required
        />
        <NewPassword value={next} onChange={setNext} />
        {change.error && <Failure error={change.error} />}
        <Group>
          <Button
            type="submit"
            loading={change.isPending}
            disabled={present === "" || [...next.normalize("NFKC")].length < minPassword}
          >
            {t.changePassword}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Sessions() {
  const t = useMessages(messages);
  const f = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const end = useMutation({
    mutationFn: (id: number) => call(client.DELETE("/api/v1/sessions/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
      toast.done(t.sessionEnded);
    },
    onError: (err) => toast.failed(err),
  });
  return (
    <Loaded query={sessions}>
      {(list) => (
        <DataTable
          label={t.sessions}
          rows={list.sessions}
          rowKey={(s) => s.id}
          columns={[
            {
              key: "agent",
              label: t.browser,
              cell: (s) => browserOf(s.agent) || t.unknownBrowser,
              value: (s) => s.agent,
            },
            { key: "address", label: t.address, cell: (s) => s.address, value: (s) => s.address },
            {
              key: "created",
              label: t.since,
              cell: (s) => f.dateTime(s.created),
              value: (s) => s.created,
              nowrap: true,
            },
            {
              key: "seen",
              label: t.seen,
              cell: (s) => (s.present ? t.now : f.ago(s.seen)),
              value: (s) => s.seen,
              nowrap: true,
            },
            {
              key: "end",
              label: "",
              right: true,
              cell: (s) =>
                !s.present && (
                  <Button variant="subtle" color="gray" onClick={() => end.mutate(s.id)}>
                    {t.endSession}
                  </Button>
                ),
            },
          ]}
        />
      )}
    </Loaded>
  );
}

/** browserOf names a browser and its system by what it calls itself. */
export function browserOf(agent: string): string {
  const browser = /Edg\//.test(agent)
    ? "Edge"
    : /Firefox\//.test(agent)
      ? "Firefox"
      : /Chrom(e|ium)\//.test(agent)
        ? "Chrome"
        : /Safari\//.test(agent)
          ? "Safari"
          : agent.split(/[ /]/)[0];
  const system = ["Windows", "Android", "iPhone", "iPad", "Mac OS X", "Linux"].find((s) => agent.includes(s));
  return [browser, system?.replace("Mac OS X", "macOS")].filter(Boolean).join(", ");
}
