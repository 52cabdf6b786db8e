import { queryOptions } from "@tanstack/react-query";
import { call, client } from "../../api/client";
import type { spanOf } from "../../api/span";

/** Who joined and left, and from where to where, since an instant or since each segment's refresh before. */
export const movementsQuery = (since: string | undefined) =>
  queryOptions({
    queryKey: ["movements", since],
    queryFn: ({ signal }) => call(client.GET("/api/v1/movements", { params: { query: { since } }, signal })),
  });

/** The sizes of segments over the time that the data tells of, by the definitions in force then. */
export const trendsQuery = (segments: string[], span: ReturnType<typeof spanOf>) =>
  queryOptions({
    queryKey: ["trends", segments, span],
    queryFn: ({ signal }) =>
      call(client.POST("/api/v1/trends", { body: { segments, ...(span ?? { from: "" }) }, signal })),
    enabled: span !== undefined && segments.length > 0,
    staleTime: 10 * 60_000,
  });
