import { QueryClient, queryOptions } from "@tanstack/react-query";
import { ApiError, call, client, type Schema } from "./client";

/**
 * What several pages ask for. A page's own queries live in its folder. Keys
 * begin with the resource, so that a change can make all of it stale:
 * `queryClient.invalidateQueries({ queryKey: ["segments"] })`.
 */
export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => call(client.GET("/api/v1/settings", { signal })),
  staleTime: 5 * 60_000,
});

export const catalogueQuery = queryOptions({
  queryKey: ["catalogue"],
  queryFn: ({ signal }) => call(client.GET("/api/v1/catalogue", { signal })),
});

/** Reads all data, so it is kept until something is imported. */
export const dataQuery = queryOptions({
  queryKey: ["data"],
  queryFn: ({ signal }) => call(client.GET("/api/v1/data", { signal })),
  staleTime: 10 * 60_000,
});

export const segmentsQuery = queryOptions({
  queryKey: ["segments"],
  queryFn: async ({ signal }) => {
    const all: Schema["Segment"][] = [];
    let cursor: string | undefined;
    do {
      const page = await call(client.GET("/api/v1/segments", { params: { query: { limit: 1000, cursor } }, signal }));
      all.push(...page.segments);
      cursor = page.next;
    } while (cursor);
    return all;
  },
});

/** What is put away. */
export const archivedQuery = queryOptions({
  queryKey: ["segments", { archived: true }],
  queryFn: async ({ signal }) =>
    (await call(client.GET("/api/v1/segments", { params: { query: { limit: 1000, archived: true } }, signal })))
      .segments,
});

export const proofsQuery = queryOptions({
  queryKey: ["proofs"],
  queryFn: ({ signal }) => call(client.GET("/api/v1/proofs", { signal })),
});

/** What customers are worth, in 90 days unless it says otherwise; it reads all events, so it is kept a while. */
export const worthQuery = (period: "month" | "year" | undefined) =>
  queryOptions({
    queryKey: ["worth", period ?? "quarter"],
    queryFn: ({ signal }) =>
      call(client.GET("/api/v1/worth", { params: { query: { period: period ?? "quarter" } }, signal })),
    staleTime: 10 * 60_000,
  });

export const discoveriesQuery = queryOptions({
  queryKey: ["discoveries"],
  queryFn: ({ signal }) => call(client.GET("/api/v1/discoveries", { signal })),
});

export const importsQuery = queryOptions({
  queryKey: ["imports"],
  queryFn: ({ signal }) => call(client.GET("/api/v1/imports", { params: { query: { limit: 200 } }, signal })),
});

export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: ({ signal }) => call(client.GET("/api/v1/jobs", { signal })),
  // Asked often only while something runs.
  refetchInterval: (query) =>
    query.state.data?.jobs.some((j) => j.state === "running" || j.state === "waiting") ? 2000 : 30_000,
});

/** What is stale after segments changed or were refreshed. */
export const segmentKeys = [
  ["catalogue"],
  ["movements"],
  ["overlap"],
  ["runs"],
  ["segments"],
  ["trend"],
  ["trends"],
  ["worth"],
];

/** What is stale after data came in or went. */
export const dataKeys = [["data"], ["imports"], ...segmentKeys];

export function makeQueryClient() {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // The server may be on this very machine: without a network it is there all the same.
        networkMode: "always",
        // Only what may have gone by itself is asked again.
        retry: (count, err) => count < 2 && err instanceof ApiError && err.problem.code === "unavailable",
        retryDelay: (count) => 500 * 2 ** count,
      },
      mutations: { networkMode: "always" },
    },
  });
}
