import type { ReactNode } from "react";
import { PageHeader } from "./PageHeader";
import { ErrorState, Loading } from "./states";

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
    return (
      <>
        <PageHeader title={title} />
        <ErrorState error={failed[0]?.error} retry={() => void Promise.all(failed.map((q) => q.refetch()))} />
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
