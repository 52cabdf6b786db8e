import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, client } from "../../api/client";

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: ({ signal }) => call(client.GET("/api/v1/users", { signal })),
});

export const tokensQuery = (all: boolean) =>
  queryOptions({
    queryKey: ["tokens", all],
    queryFn: ({ signal }) => call(client.GET("/api/v1/tokens", { params: { query: { all } }, signal })),
  });

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => call(client.GET("/api/v1/sessions", { signal })),
});

export const auditQuery = (actor: string) =>
  infiniteQueryOptions({
    queryKey: ["audit", actor],
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/audit", {
          params: { query: { limit: 100, actor: actor || undefined, cursor: pageParam || undefined } },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next,
  });
