import { queryOptions } from "@tanstack/react-query";
import { call, client } from "../../api/client";

export const runsQuery = queryOptions({
  queryKey: ["runs"],
  queryFn: ({ signal }) => call(client.GET("/api/v1/runs", { params: { query: { limit: 1000 } }, signal })),
});

export const historyQuery = (name: string) =>
  queryOptions({
    queryKey: ["segments", name, "history"],
    queryFn: ({ signal }) =>
      call(client.GET("/api/v1/segments/{name}/history", { params: { path: { name } }, signal })),
  });

export const segmentQuery = (name: string) =>
  queryOptions({
    queryKey: ["segments", name],
    queryFn: ({ signal }) => call(client.GET("/api/v1/segments/{name}", { params: { path: { name } }, signal })),
  });
