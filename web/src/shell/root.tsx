import { Button } from "@mantine/core";
import { createRootRoute, Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Gate } from "../access/Gate";
import { joinPath } from "../access/join";
import { useCommon } from "../i18n/common";
import { PageHeader } from "../parts/PageHeader";
import { Empty, ErrorState } from "../parts/states";
import { Shell } from "./Shell";

/** The root of all routes: a page's route names it as its parent. */
export const rootRoute = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
});

function Root() {
  const path = useRouterState({ select: (s) => s.location.pathname });
  if (path === joinPath) return <Outlet />;
  return (
    <Gate>
      <Shell />
    </Gate>
  );
}

function NotFound() {
  const t = useCommon();
  return (
    <>
      <PageHeader title={t.notFoundTitle} />
      <Empty
        title={t.notFoundTitle}
        action={
          <Button component={Link} to="/">
            {t.notFoundAction}
          </Button>
        }
      >
        {t.notFoundText}
      </Empty>
    </>
  );
}

/** A part of the app that could not be fetched, in the words of Chromium, Firefox and Safari. */
const notFetched = /dynamically imported module|module script failed|preload CSS/i;

/** Broken is shown where a page fails to draw, or could not be fetched: then only loading it anew helps. */
export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  const t = useCommon();
  if (error instanceof Error && notFetched.test(error.message)) {
    return (
      <>
        <PageHeader title={t.newVersion} />
        <Empty title={t.newVersionHint} action={<Button onClick={() => window.location.reload()}>{t.reload}</Button>} />
      </>
    );
  }
  return (
    <>
      <PageHeader title={t.failed} />
      <ErrorState error={error} retry={reset} />
    </>
  );
}
