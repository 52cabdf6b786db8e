import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { createLazyRoute, useNavigate } from "@tanstack/react-router";
import { may, sessionQuery } from "../../api/session";
import { da } from "../../i18n/da/settings";
import { en } from "../../i18n/en/settings";
import { catalogue, useMessages } from "../../i18n/language";
import { PageHeader } from "../../parts/PageHeader";
import { Loaded } from "../../parts/states";
import { Account } from "./Account";
import { Audit } from "./Audit";
import { type SettingsTab, settingsRoute } from "./route";
import { Tokens } from "./Tokens";
import { Users } from "./Users";
import { Workspace } from "./Workspace";

export const messages = catalogue(en, da);

export const page = createLazyRoute("/settings")({ component: Settings });

function Settings() {
  const t = useMessages(messages);
  const session = useQuery(sessionQuery);
  const search = settingsRoute.useSearch();
  const navigate = useNavigate();
  return (
    <Loaded query={session}>
      {(who) => {
        const shown: [SettingsTab, string, React.ReactNode][] = [["workspace", t.workspace, <Workspace key="w" />]];
        if (who.via === "session") shown.push(["account", t.account, <Account key="a" />]);
        if (may(who, "admin") && who.accounts) shown.push(["users", t.users, <Users key="u" />]);
        if (who.accounts) shown.push(["tokens", t.tokens, <Tokens key="t" />]);
        if (may(who, "admin")) shown.push(["audit", t.audit, <Audit key="l" />]);
        const open = shown.some(([name]) => name === search.tab) ? search.tab : "workspace";
        return (
          <>
            <PageHeader
              title={t.title}
              answer={
                who.name ? t.signedIn(who.name, t.roles[who.role] ?? who.role) : who.accounts ? undefined : t.noAccounts
              }
            />
            <Tabs
              value={open}
              onChange={(tab) =>
                void navigate({ to: "/settings", search: { tab: (tab ?? "workspace") as SettingsTab } })
              }
            >
              <Tabs.List mb="lg">
                {shown.map(([name, label]) => (
                  <Tabs.Tab key={name} value={name}>
                    {label}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              {shown.map(([name, , content]) => (
                <Tabs.Panel key={name} value={name}>
                  {content}
                </Tabs.Panel>
              ))}
            </Tabs>
          </>
        );
      }}
    </Loaded>
  );
}
