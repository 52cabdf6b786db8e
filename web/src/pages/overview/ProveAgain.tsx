import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { JobProgress } from "../../parts/progress";
import { ErrorState } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { messages } from "./messages";

/** ProveAgain makes a proof anew, as it was asked for, up to where the data ends now. */
export function ProveAgain({ proof: p }: { proof: Schema["ProofSummary"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const [job, setJob] = useState<string>();
  const begin = useMutation({
    mutationFn: async () => {
      const old = await call(client.GET("/api/v1/proofs/{name}", { params: { path: { name: p.name } } }));
      return call(
        client.POST("/api/v1/proofs", {
          body: {
            name: p.name,
            segments: old.segments.map((s) => s.name),
            outcome: old.outcome,
            horizon: old.horizon,
            every: old.every,
            from: old.dates[0],
            timeless: old.timeless,
            thresholds: old.thresholds,
          },
        }),
      );
    },
    onSuccess: (j) => setJob(j.id),
  });
  const start = begin.mutate;
  useEffect(() => start(), [start]);
  return (
    <div>
      <Link to="/prove/$name" params={{ name: p.name }}>
        {p.name}
      </Link>
      {begin.error && <ErrorState error={begin.error} retry={() => begin.mutate()} />}
      {job && (
        <JobProgress
          id={job}
          label={t.proving(f.count(p.dates))}
          onDone={() => {
            toast.done(t.provedAgain(p.name));
            void queries.invalidateQueries({ queryKey: ["proofs"] });
          }}
        />
      )}
    </div>
  );
}
