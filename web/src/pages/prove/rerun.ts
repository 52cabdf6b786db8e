import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { call, client, type Schema } from "../../api/client";
import { jobsQuery } from "../../api/queries";

export type Rerun = UseMutationResult<Schema["Job"], Error, Schema["Thresholds"] | undefined>;

/** requestOf asks again for a proof: the same segments and outcome, from the same first date up to the end of the data. */
function requestOf(p: Schema["Proof"], thresholds: Schema["Thresholds"]): Schema["ProveRequest"] {
  return {
    name: p.name,
    ...(p.discovery ? { discovery: p.discovery, k: p.k } : { segments: p.segments.map((s) => s.name) }),
    outcome: p.outcome,
    horizon: p.horizon,
    every: p.every,
    from: p.dates[0],
    timeless: p.timeless,
    thresholds,
  };
}

/** useRerun proves again, with other thresholds if some are given, and shows how far it is. */
export function useRerun(p: Schema["Proof"]): Rerun {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (thresholds: Schema["Thresholds"] | undefined) =>
      call(client.POST("/api/v1/proofs", { body: requestOf(p, thresholds ?? p.thresholds) })),
    onSuccess: async (job) => {
      void queries.invalidateQueries({ queryKey: jobsQuery.queryKey, exact: true });
      await navigate({ to: "/prove", search: { job: job.id, name: p.name } });
    },
  });
}
