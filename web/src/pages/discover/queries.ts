import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call, client, type Schema } from "../../api/client";

/** What was found stays as it is, so it is asked once for a while. */
const stale = 5 * 60_000;

export const discoveryQuery = (name: string) =>
  queryOptions({
    queryKey: ["discoveries", name],
    queryFn: ({ signal }) => call(client.GET("/api/v1/discoveries/{name}", { params: { path: { name } }, signal })),
    staleTime: stale,
  });

/** What the segments of a solution are worth. */
export const worthQuery = (name: string, k: number) =>
  queryOptions({
    queryKey: ["discoveries", name, "worth", k],
    queryFn: ({ signal }) =>
      call(client.GET("/api/v1/discoveries/{name}/worth", { params: { path: { name }, query: { k } }, signal })),
    staleTime: stale,
  });

/** How two solutions divide the same customers. */
export const contrastQuery = (name: string, k: number, other: string, otherK: number | undefined) =>
  queryOptions({
    queryKey: ["discoveries", name, "contrast", k, other, otherK],
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/discoveries/{name}/contrast", {
          params: { path: { name }, query: { k, with: other, with_k: otherK } },
          signal,
        }),
      ),
    staleTime: stale,
  });

/** What a discovery would look at. The last answer stays until the next is there. */
export const featuresQuery = (request: Schema["DiscoverRequest"]) =>
  queryOptions({
    queryKey: ["features", request],
    queryFn: ({ signal }) => call(client.POST("/api/v1/features", { body: request, signal })),
    staleTime: stale,
    placeholderData: keepPreviousData,
    retry: false,
  });
