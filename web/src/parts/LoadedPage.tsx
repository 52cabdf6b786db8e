import { Button } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { errorProblem } from "../api/client";
import { useCommon } from "../i18n/common";
import { nav } from "../shell/nav";
import { PageHeader } from "./PageHeader";
import { Empty, ErrorState, Loading, sentence } from "./states";

interface Asked {
  data: unknown;
  error: unknown;
  refetch: () => unknown;
}

type DataOf<Q extends readonly Asked[]> = { [K in keyof Q]: Exclude<Q[K]["data"], undefined> };

/** LoadedPage shows a page when all that it needs is there; until then its title with the loading or the error state. */
export function LoadedPage<const Q extends readonly Asked[]>(props: {
  title: string;
  queries: Q;
  lines?: number;
  children: (...data: DataOf<Q>) => ReactNode;
}) {
  const { title, queries, lines = 8, children } = props;
  const failed = queries.filter((q) => q.error && q.data === undefined);
  if (failed.length > 0) {
    const problem = errorProblem(failed[0]?.error);
    return (
      <>
        <PageHeader title={title} />
        {problem.code === "not_found" ? (
          <NotThere title={sentence(problem.detail)} />
        ) : (
          <ErrorState error={failed[0]?.error} retry={() => Promise.all(failed.map((q) => q.refetch()))} />
        )}
      </>
    );
  }
  if (queries.some((q) => q.data === undefined)) {
    return (
      <>
        <PageHeader title={title} />
        <Loading lines={lines} />
      </>
    );
  }
  return children(...(queries.map((q) => q.data) as DataOf<Q>));
}

/** NotThere says that there is no such thing, or no longer, and leads to those that there are. */
export function NotThere({ title, among }: { title: string; among?: string }) {
  const t = useCommon();
  const path = useRouterState({ select: (s) => s.location.pathname });
  const list = nav.find((n) => n.to === (among ?? `/${path.split("/")[1]}`));
  return (
    <Empty
      title={title}
      action={
        list && (
          <Button variant="default" renderRoot={(props) => <Link to={list.to} {...props} />}>
            {t.shortcutGo(t.nav[list.name])}
          </Button>
        )
      }
    />
  );
}
