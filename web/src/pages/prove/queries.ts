import { queryOptions } from "@tanstack/react-query";
import { call, client } from "../../api/client";

export { proofsQuery } from "../../api/queries";

export const proofQuery = (name: string) =>
  queryOptions({
    queryKey: ["proofs", name],
    queryFn: ({ signal }) => call(client.GET("/api/v1/proofs/{name}", { params: { path: { name } }, signal })),
    staleTime: 5 * 60_000,
  });

export const feedbackQuery = (segment: string) =>
  queryOptions({
    queryKey: ["feedback", segment],
    queryFn: ({ signal }) =>
      call(client.GET("/api/v1/segments/{name}/feedback", { params: { path: { name: segment } }, signal })),
  });
