import { ActionIcon, AppShell, Burger, Group, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKeyboard, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { UserMenu } from "../access/UserMenu";
import { settingsQuery } from "../api/queries";
import { useCommon } from "../i18n/common";
import { Help } from "./Help";
import { Jobs } from "./Jobs";
import { Logo } from "./Logo";
import { type NavEntry, nav } from "./nav";
import { LanguageMenu, ThemeMenu } from "./Preferences";
import { Search } from "./Search";
import classes from "./shell.module.css";
import { listen, useShortcut } from "./shortcuts";

/** Shell is what stands around every page. */
export function Shell() {
  const t = useCommon();
  const [menu, { toggle, close }] = useDisclosure();
  const [search, searching] = useDisclosure();
  const [help, helping] = useDisclosure();
  const path = useRouterState({ select: (s) => s.location.pathname });
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  const settings = useQuery(settingsQuery);

  useEffect(listen, []);
  useShortcut("/", t.shortcutSearch, searching.open);
  useShortcut("?", t.shortcutHelp, helping.open);

  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    close();
    window.scrollTo(0, 0);
    // A screen reader hears the new page, and Tab goes on inside it.
    main.current?.focus({ preventScroll: true });
  }, [path, close]);

  let group: NavEntry["group"];
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !menu } }}
      padding={0}
      transitionDuration={0}
    >
      <a className={classes.skip} href="#content">
        {t.skip}
      </a>
      <AppShell.Header className={classes.head}>
        <div className={classes.top}>
          <Burger opened={menu} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t.menu} aria-expanded={menu} />
          <Link to="/" className={classes.brand} aria-label={`kreds: ${t.nav.overview}`}>
            <Logo />
            kreds
          </Link>
          <Group gap={4} ml="auto" wrap="nowrap">
            <Jobs />
            <UnstyledButton visibleFrom="sm" className={classes.link} onClick={searching.open} aria-keyshortcuts="/">
              <IconSearch size={16} aria-hidden="true" />
              {t.search}
              <kbd className={classes.key}>/</kbd>
            </UnstyledButton>
            <ActionIcon hiddenFrom="sm" aria-label={t.search} onClick={searching.open}>
              <IconSearch size={18} />
            </ActionIcon>
            <ActionIcon
              visibleFrom="sm"
              aria-label={t.shortcuts}
              title={t.shortcuts}
              onClick={helping.open}
              aria-keyshortcuts="?"
            >
              <IconKeyboard size={18} />
            </ActionIcon>
            <LanguageMenu />
            <ThemeMenu />
            <UserMenu />
          </Group>
        </div>
      </AppShell.Header>

      <AppShell.Navbar className={classes.side} data-open={menu} p="xs" aria-label={t.navigation}>
        <AppShell.Section grow style={{ overflowY: "auto" }}>
          {nav.map((n) => {
            const head = n.group !== group && n.group;
            group = n.group;
            return (
              <div key={n.to}>
                {head && <div className={classes.group}>{t.navGroups[head]}</div>}
                <Link to={n.to} className={classes.link} activeOptions={{ exact: n.to === "/" }} onClick={close}>
                  <n.icon size={17} stroke={1.6} aria-hidden="true" />
                  {t.nav[n.name]}
                </Link>
              </div>
            );
          })}
        </AppShell.Section>
        {settings.data && (
          <AppShell.Section className={classes.foot}>
            {settings.data.currency} · {settings.data.time_zone}
          </AppShell.Section>
        )}
      </AppShell.Navbar>

      <AppShell.Main id="content" ref={main} tabIndex={-1}>
        <div className={classes.content}>
          <Outlet />
        </div>
      </AppShell.Main>
      {nav.map((n) => (
        <Go key={n.to} entry={n} />
      ))}
      <Search opened={search} onClose={searching.close} />
      <Help opened={help} onClose={helping.close} />
    </AppShell>
  );
}

/** Go makes g and the page's key go there. */
function Go({ entry }: { entry: NavEntry }) {
  const t = useCommon();
  const navigate = useNavigate();
  useShortcut(`g ${entry.key}`, t.shortcutGo(t.nav[entry.name]), () => void navigate({ to: entry.to }));
  return null;
}
