import { Button, Code, MultiSelect, NumberInput, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Failure } from "../../access/SignIn";
import { call, client, type Schema } from "../../api/client";
import { may, sessionQuery } from "../../api/session";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { useConfirm } from "../../parts/confirm";
import { DataTable } from "../../parts/DataTable";
import { Section } from "../../parts/PageHeader";
import { Empty, Loaded } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { tokensQuery } from "./queries";
import { Secret } from "./Secret";
import { messages } from "./Settings";
import classes from "./settings.module.css";

type Role = Schema["User"]["role"];
const roles: Role[] = ["viewer", "editor", "admin"];

/** Tokens are for programs: made, listed and revoked here. */
export function Tokens() {
  const t = useMessages(messages);
  const f = useFormat();
  const toast = useToast();
  const confirm = useConfirm();
  const queries = useQueryClient();
  const { data: who } = useQuery(sessionQuery);
  const [everybody, setEverybody] = useState(false);
  const tokens = useQuery(tokensQuery(everybody));
  const [made, setMade] = useState<Schema["NewToken"] | null>(null);
  const stale = () => void queries.invalidateQueries({ queryKey: ["tokens"] });

  const revoke = useMutation({
    mutationFn: (id: number) => call(client.DELETE("/api/v1/tokens/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      stale();
      toast.done(t.tokenRevoked);
    },
    onError: (err) => toast.failed(err),
  });
  const ask = async (k: Schema["Token"]) => {
    const yes = await confirm({ title: t.revokeTitle(k.name), text: t.revokeText, action: t.revoke, danger: true });
    if (yes) revoke.mutate(k.id);
  };
  return (
    <>
      {made && (
        <Secret
          title={t.tokenTitle(made.token.name)}
          text={t.tokenText}
          secret={made.secret}
          onClose={() => setMade(null)}
        />
      )}
      <Section title={t.newToken}>
        <Make
          scopes={tokens.data?.scopes ?? []}
          highest={who?.role ?? "viewer"}
          onDone={(token) => {
            setMade(token);
            stale();
          }}
        />
      </Section>
      <Section
        title={t.tokens}
        aside={
          may(who, "admin") && (
            <Switch label={t.everybody} checked={everybody} onChange={(e) => setEverybody(e.currentTarget.checked)} />
          )
        }
      >
        <Loaded query={tokens}>
          {(list) =>
            list.tokens.length === 0 ? (
              <Empty title={t.noTokens}>
                <Stack gap="xs" align="center">
                  <span>{t.noTokensText}</span>
                  <Code>curl -H "Authorization: Bearer $KREDS_TOKEN" {window.location.origin}/api/v1/segments</Code>
                </Stack>
              </Empty>
            ) : (
              <DataTable
                label={t.tokens}
                rows={list.tokens}
                rowKey={(k) => k.id}
                columns={[
                  { key: "name", label: t.tokenFor, cell: (k) => k.name, value: (k) => k.name },
                  { key: "start", label: t.begins, cell: (k) => <Code>{k.start}…</Code> },
                  ...(everybody
                    ? [
                        {
                          key: "user",
                          label: t.of,
                          cell: (k: Schema["Token"]) => k.user,
                          value: (k: Schema["Token"]) => k.user,
                        },
                      ]
                    : []),
                  { key: "role", label: t.role, cell: (k) => t.roles[k.role], value: (k) => roles.indexOf(k.role) },
                  {
                    key: "scopes",
                    label: t.scopes,
                    cell: (k) => (k.scopes.length === 0 ? t.allScopes : f.list(k.scopes)),
                  },
                  {
                    key: "expires",
                    label: t.expires,
                    cell: (k) => (k.expired ? t.expired(f.date(k.expires)) : f.date(k.expires)),
                    value: (k) => k.expires,
                    nowrap: true,
                  },
                  {
                    key: "used",
                    label: t.used,
                    cell: (k) => (k.used ? f.ago(k.used) : t.never),
                    value: (k) => k.used ?? "",
                    nowrap: true,
                  },
                  {
                    key: "revoke",
                    label: "",
                    right: true,
                    cell: (k) => (
                      <Button variant="subtle" color="gray" onClick={() => void ask(k)} aria-label={t.revokeOf(k.name)}>
                        {t.revoke}
                      </Button>
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Section>
    </>
  );
}

function Make(props: { scopes: string[]; highest: string; onDone: (made: Schema["NewToken"]) => void }) {
  const t = useMessages(messages);
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [scopes, setScopes] = useState<string[]>([]);
  const [days, setDays] = useState(90);
  const make = useMutation({
    mutationFn: () => call(client.POST("/api/v1/tokens", { body: { name: name.trim(), role, scopes, days } })),
    onSuccess: (made) => {
      setName("");
      props.onDone(made);
    },
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (name.trim()) make.mutate();
  };
  const allowed = roles.slice(0, roles.indexOf(props.highest as Role) + 1);
  return (
    <form onSubmit={submit}>
      <div className={classes.bar}>
        <TextInput
          label={t.tokenName}
          placeholder={t.tokenExample}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          autoComplete="off"
          w={220}
        />
        <Select
          label={t.role}
          data={allowed.map((r) => ({ value: r, label: t.roles[r] ?? r }))}
          value={role}
          onChange={(r) => r && setRole(r as Role)}
          allowDeselect={false}
          w={140}
        />
        <MultiSelect
          label={t.scopes}
          placeholder={scopes.length === 0 ? t.allScopes : undefined}
          data={props.scopes}
          value={scopes}
          onChange={setScopes}
          w={240}
        />
        <NumberInput
          label={t.days}
          min={1}
          max={366}
          allowDecimal={false}
          value={days}
          onChange={(v) => typeof v === "number" && setDays(v)}
          w={90}
        />
        <Button type="submit" loading={make.isPending} disabled={name.trim() === ""}>
          {t.makeToken}
        </Button>
      </div>
      <Text size="xs" c="dimmed" mb="sm">
        {t.tokenAdvice}
      </Text>
      {make.error && <Failure error={make.error} />}
    </form>
  );
}
