import { queryOptions } from "@tanstack/react-query";
import { call, client } from "../../api/client";

export const discoveryQuery = (name: string) =>
  queryOptions({
    queryKey: ["discoveries", name],
    queryFn: ({ signal }) => call(client.GET("/api/v1/discoveries/{name}", { params: { path: { name } }, signal })),
    staleTime: 5 * 60_000,
  });
