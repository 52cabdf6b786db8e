import { queryOptions } from "@tanstack/react-query";
import { call, client } from "./client";

/* Questions about an expression as of a date. All stop when the page no longer asks. */

const asOfOf = (asOf: string | undefined) => (asOf ? { as_of: asOf } : {});

export const estimateQuery = (expression: string, asOf: string | undefined) =>
  queryOptions({
    queryKey: ["count", expression, asOf, "estimate"],
    queryFn: ({ signal }) =>
      call(client.POST("/api/v1/count", { body: { expression, estimate: true, ...asOfOf(asOf) }, signal })),
    staleTime: 60_000,
  });

export const countQuery = (expression: string, asOf: string | undefined) =>
  queryOptions({
    queryKey: ["count", expression, asOf, "exact"],
    queryFn: ({ signal }) =>
      call(client.POST("/api/v1/count", { body: { expression, by_clause: true, ...asOfOf(asOf) }, signal })),
    staleTime: 60_000,
  });

export const membersQuery = (expression: string, asOf: string | undefined, traits: string[], limit: number) =>
  queryOptions({
    queryKey: ["members", expression, asOf, traits, limit],
    queryFn: async ({ signal }) => {
      const page = await call(
        client.POST("/api/v1/members", {
          body: { expression, traits, limit, format: "json", ...asOfOf(asOf) },
          signal,
        }),
      );
      return page as unknown as { members: { key: string; traits?: Record<string, unknown> }[]; next?: string };
    },
    staleTime: 60_000,
  });

export const trendQuery = (
  expression: string,
  from: string,
  to: string,
  every: "day" | "week" | "month" | "quarter" | "year",
) =>
  queryOptions({
    queryKey: ["trend", expression, from, to, every],
    queryFn: ({ signal }) => call(client.POST("/api/v1/trend", { body: { expression, from, to, every }, signal })),
    staleTime: 5 * 60_000,
  });

export const compareQuery = (expression: string, asOf: string | undefined) =>
  queryOptions({
    queryKey: ["compare", expression, asOf],
    queryFn: ({ signal }) => call(client.POST("/api/v1/compare", { body: { expression, ...asOfOf(asOf) }, signal })),
    staleTime: 5 * 60_000,
  });

export const overlapQuery = (segments: string[], expression: string | undefined, asOf: string | undefined) =>
  queryOptions({
    queryKey: ["overlap", segments, expression, asOf],
    queryFn: ({ signal }) =>
      call(
        client.POST("/api/v1/overlap", {
          body: { segments, ...(expression ? { expression } : {}), ...asOfOf(asOf) },
          signal,
        }),
      ),
    staleTime: 60_000,
  });
