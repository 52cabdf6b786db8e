import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, client } from "../api/client";
import { dataKeys } from "../api/queries";
import { useCommon } from "../i18n/common";
import { JobProgress } from "./progress";
import { useToast } from "./toast";

/** Demo imports the demo's data, for who has none at hand. */
export function Demo() {
  const t = useCommon();
  const toast = useToast();
  const queries = useQueryClient();
  const [job, setJob] = useState<string>();
  const begin = useMutation({
    mutationFn: () => call(client.POST("/api/v1/demo")),
    onSuccess: (j) => setJob(j.id),
    onError: (err) => toast.failed(err),
  });
  if (job) {
    return (
      <div style={{ width: 320 }}>
        <JobProgress
          id={job}
          label={t.demoRunning}
          onDone={() => void Promise.all(dataKeys.map((queryKey) => queries.invalidateQueries({ queryKey })))}
          onCancelled={() => setJob(undefined)}
        />
      </div>
    );
  }
  return (
    <Button variant="default" onClick={() => begin.mutate()} loading={begin.isPending}>
      {t.demo}
    </Button>
  );
}
