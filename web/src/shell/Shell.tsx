import { ActionIcon, AppShell, Burger, Group, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKeyboard, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { type RefObject, useEffect, useRef } from "react";
import { UserMenu } from "../access/UserMenu";
import { settingsQuery } from "../api/queries";
import { useCommon } from "../i18n/common";
import { ErrorState } from "../parts/states";
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
  const settings = useQuery(settingsQuery);

  useEffect(listen, []);
  useShortcut("/", t.shortcutSearch, searching.open);
  useShortcut("?", t.shortcutHelp, helping.open);

  useArrival(path, main, close);

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
          {settings.error && !settings.data && (
            <div className={classes.notice}>
              <ErrorState title={t.settingsMissing} error={settings.error} retry={settings.refetch} />
            </div>
          )}
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

/**
 * useArrival begins a new page at its top and with the focus on its heading, as
 * soon as that is there and until something is done: a screen reader hears where
 * one is, and Tab goes on inside the page.
 */
function useArrival(path: string, main: RefObject<HTMLElement | null>, arrive: () => void) {
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path || !main.current) return;
    shown.current = path;
    arrive();
    window.scrollTo(0, 0);
    const page = main.current;
    const focus = () => (page.querySelector("h1") ?? page).focus({ preventScroll: true });
    focus();
    const changed = new MutationObserver(() => {
      const at = document.activeElement;
      if (at === document.body || at === page) focus();
    });
    changed.observe(page, { childList: true, subtree: true });
    const stop = new AbortController();
    const end = () => {
      changed.disconnect();
      stop.abort();
    };
    for (const act of ["keydown", "pointerdown"]) window.addEventListener(act, end, { signal: stop.signal });
    return end;
  }, [path, main, arrive]);
}

/** Go makes g and the page's key go there. */
function Go({ entry }: { entry: NavEntry }) {
  const t = useCommon();
  const navigate = useNavigate();
  useShortcut(`g ${entry.key}`, t.shortcutGo(t.nav[entry.name]), () => void navigate({ to: entry.to }));
  return null;
}
