import { Button, Menu, Select, Text, TextInput } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Failure } from "../../access/SignIn";
import { call, client, type Schema } from "../../api/client";
import { sessionQuery } from "../../api/session";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { useConfirm } from "../../parts/confirm";
import { DataTable } from "../../parts/DataTable";
import { Section } from "../../parts/PageHeader";
import { Loaded } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { usersQuery } from "./queries";
import { Secret } from "./Secret";
import { messages } from "./Settings";
import classes from "./settings.module.css";

type Role = Schema["User"]["role"];
const roles: Role[] = ["viewer", "editor", "admin"];

/** Users lists who may sign in, invites others and changes what they may. */
export function Users() {
  const t = useMessages(messages);
  const f = useFormat();
  const toast = useToast();
  const confirm = useConfirm();
  const queries = useQueryClient();
  const users = useQuery(usersQuery);
  const { data: me } = useQuery(sessionQuery);
  const [made, setMade] = useState<Schema["Invited"] | null>(null);

  const stale = () => {
    void queries.invalidateQueries({ queryKey: usersQuery.queryKey });
    void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  const change = useMutation({
    mutationFn: ({ name, body }: { name: string; body: Schema["UserChange"] }) =>
      call(client.PATCH("/api/v1/users/{name}", { params: { path: { name } }, body })),
    onSuccess: stale,
    onError: (err) => toast.failed(err),
  });
  const link = useMutation({
    mutationFn: (name: string) => call(client.POST("/api/v1/users/{name}/link", { params: { path: { name } } })),
    onSuccess: setMade,
    onError: (err) => toast.failed(err),
  });
  const deactivate = async (u: Schema["User"]) => {
    const yes = await confirm({
      title: t.deactivateTitle(u.name),
      text: t.deactivateText,
      action: t.deactivate,
      danger: true,
    });
    if (!yes) return;
    change.mutate(
      { name: u.name, body: { inactive: true } },
      {
        onSuccess: () =>
          toast.done(t.deactivated(u.name), () => change.mutate({ name: u.name, body: { inactive: false } })),
      },
    );
  };
  return (
    <>
      {made && (
        <Secret
          title={t.linkTitle(made.user.name)}
          text={t.linkText(f.dateTime(made.expires))}
          secret={made.link}
          onClose={() => setMade(null)}
        />
      )}
      <Section title={t.invite}>
        <Invite
          onDone={(invited) => {
            setMade(invited);
            stale();
          }}
        />
      </Section>
      <Section title={t.users}>
        <Loaded query={users}>
          {(list) => (
            <DataTable
              label={t.users}
              rows={list.users}
              rowKey={(u) => u.name}
              columns={[
                {
                  key: "name",
                  label: t.name,
                  cell: (u) => (u.name === me?.name ? t.you(u.name) : u.name),
                  value: (u) => u.name,
                },
                {
                  key: "role",
                  label: t.role,
                  cell: (u) => (
                    <Select
                      aria-label={t.roleOf(u.name)}
                      data={roles.map((r) => ({ value: r, label: t.roles[r] ?? r }))}
                      value={u.role}
                      onChange={(r) => r && r !== u.role && change.mutate({ name: u.name, body: { role: r as Role } })}
                      allowDeselect={false}
                      w={140}
                    />
                  ),
                  value: (u) => roles.indexOf(u.role),
                },
                {
                  key: "state",
                  label: t.state,
                  cell: (u) => (
                    <Text size="sm" c={u.state === "active" ? undefined : "dimmed"}>
                      {t.states[u.state]}
                    </Text>
                  ),
                  value: (u) => u.state,
                },
                {
                  key: "signed_in",
                  label: t.signedInLast,
                  cell: (u) => (u.signed_in ? f.ago(u.signed_in) : t.never),
                  value: (u) => u.signed_in ?? "",
                  nowrap: true,
                },
                {
                  key: "more",
                  label: "",
                  right: true,
                  cell: (u) => (
                    <Menu position="bottom-end">
                      <Menu.Target>
                        <Button variant="subtle" color="gray" aria-label={t.more(u.name)}>
                          <IconDots size={16} aria-hidden="true" />
                        </Button>
                      </Menu.Target>
                      <Menu.Dropdown>
                        {u.state !== "inactive" && (
                          <Menu.Item onClick={() => link.mutate(u.name)}>
                            {u.state === "invited" ? t.newInvitation : t.resetLink}
                          </Menu.Item>
                        )}
                        {u.state === "inactive" ? (
                          <Menu.Item onClick={() => change.mutate({ name: u.name, body: { inactive: false } })}>
                            {t.activate}
                          </Menu.Item>
                        ) : (
                          <Menu.Item color="red" onClick={() => void deactivate(u)}>
                            {t.deactivate}
                          </Menu.Item>
                        )}
                      </Menu.Dropdown>
                    </Menu>
                  ),
                },
              ]}
            />
          )}
        </Loaded>
      </Section>
    </>
  );
}

function Invite({ onDone }: { onDone: (made: Schema["Invited"]) => void }) {
  const t = useMessages(messages);
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const invite = useMutation({
    mutationFn: () => call(client.POST("/api/v1/users", { body: { name: name.trim(), role } })),
    onSuccess: (made) => {
      setName("");
      onDone(made);
    },
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (name.trim()) invite.mutate();
  };
  return (
    <form onSubmit={submit}>
      <div className={classes.bar}>
        <TextInput
          label={t.nameOrEmail}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          autoComplete="off"
          w={240}
        />
        <Select
          label={t.role}
          data={roles.map((r) => ({ value: r, label: t.rolesLong[r] ?? r }))}
          value={role}
          onChange={(r) => r && setRole(r as Role)}
          allowDeselect={false}
          w={300}
        />
        <Button type="submit" loading={invite.isPending} disabled={name.trim() === ""}>
          {t.inviteAction}
        </Button>
      </div>
      {invite.error && <Failure error={invite.error} />}
    </form>
  );
}
