import { ActionIcon, Menu } from "@mantine/core";
import { IconLogout, IconSettings, IconUser } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { call, client } from "../api/client";
import { sessionQuery } from "../api/session";
import { useMessages } from "../i18n/language";
import { forgetDrafts } from "../parts/drafts";
import { useToast } from "../parts/toast";
import { messages } from "./SignIn";

/** UserMenu says who is signed in, and signs out. Without accounts there is none. */
export function UserMenu() {
  const t = useMessages(messages);
  const toast = useToast();
  const navigate = useNavigate();
  const { data } = useQuery(sessionQuery);
  const signOut = useMutation({
    mutationFn: () => call(client.DELETE("/api/v1/session")),
    // The page begins anew, so that nothing of it stays in the browser.
    onSuccess: () => {
      forgetDrafts();
      window.location.assign("/");
    },
    onError: (err) => toast.failed(err),
  });
  if (data?.via !== "session" || !data.name) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t.user(data.name)} title={t.user(data.name)}>
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {data.name} · {t.roles[data.role]}
        </Menu.Label>
        <Menu.Item
          onClick={() => void navigate({ to: "/settings", search: { tab: "account" } })}
          leftSection={<IconSettings size={14} aria-hidden="true" />}
        >
          {t.account}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={14} aria-hidden="true" />} onClick={() => signOut.mutate()}>
          {t.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
