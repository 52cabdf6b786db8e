import { Button, Group, Progress, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { ApiError, call, client, errorProblem, type Schema } from "../api/client";
import { useMay } from "../api/session";
import { useFormat } from "../format/format";
import { useCommon } from "../i18n/common";
import { ErrorState, sentence } from "./states";
import { useToast } from "./toast";

type Job = Schema["Job"];

export const ended = (j: Job) => j.state === "done" || j.state === "failed" || j.state === "cancelled";

/** ProgressBar shows how far long work is, how long it will still take, and stops it. */
export function ProgressBar(props: {
  label: string;
  /** From 0 to 1; absent while it is not known. */
  value?: number;
  /** Seconds left; 0 or absent if not known. */
  left?: number;
  detail?: ReactNode;
  onCancel?: () => void;
  cancelling?: boolean;
}) {
  const t = useCommon();
  const f = useFormat();
  const percent = Math.round((props.value ?? 0) * 100);
  return (
    <div>
      <Group justify="space-between" mb={6} gap="sm">
        <Text size="sm" fw={500}>
          {props.label}
        </Text>
        <Text size="sm" c="dimmed">
          {props.value !== undefined && f.wholePercent(props.value)}
          {props.left ? ` · ${t.jobLeft(f.duration(props.left))}` : ""}
        </Text>
      </Group>
      <Progress.Root size="sm">
        <Progress.Section
          value={props.value === undefined ? 100 : Math.max(percent, 1)}
          animated={props.value === undefined}
          striped={props.value === undefined}
          aria-label={props.label}
        />
      </Progress.Root>
      {(props.detail || props.onCancel) && (
        <Group justify="space-between" mt={6} gap="sm">
          <Text size="xs" c="dimmed" component="div">
            {props.detail}
          </Text>
          {props.onCancel && (
            <Button variant="subtle" color="gray" size="compact-xs" onClick={props.onCancel} loading={props.cancelling}>
              {t.cancel}
            </Button>
          )}
        </Group>
      )}
    </div>
  );
}

/** useJob follows a job until it has ended. */
export function useJob(id: string | undefined) {
  return useQuery({
    queryKey: ["jobs", id],
    queryFn: ({ signal }) => call(client.GET("/api/v1/jobs/{id}", { params: { path: { id: id ?? "" } }, signal })),
    enabled: id !== undefined,
    refetchInterval: (query) => (query.state.data && ended(query.state.data) ? false : 500),
  });
}

/** JobProgress follows a job, cancels it on request, and hands over what came out. */
export function JobProgress(props: {
  id: string;
  label: string;
  onDone?: (job: Job) => void;
  onCancelled?: () => void;
}) {
  const t = useCommon();
  const editor = useMay("editor");
  const queries = useQueryClient();
  const { data: job, error, refetch } = useJob(props.id);
  const toast = useToast();
  const [cancelling, setCancelling] = useState(false);
  const told = useRef("");
  const { onDone, onCancelled } = props;
  useEffect(() => {
    if (!job || !ended(job) || told.current === job.id) return;
    told.current = job.id;
    void queries.invalidateQueries({ queryKey: ["jobs"], exact: true });
    if (job.state === "done") onDone?.(job);
    if (job.state === "cancelled") onCancelled?.();
  }, [job, onDone, onCancelled, queries]);

  const cancel = () => {
    setCancelling(true);
    void call(client.DELETE("/api/v1/jobs/{id}", { params: { path: { id: props.id } } }))
      .catch(toast.failed)
      .finally(() => {
        setCancelling(false);
        void refetch();
      });
  };
  const began = job?.state === "running" ? new Date(job.created).getTime() : 0;
  const seconds = began ? (Date.now() - began) / 1000 : 0;
  const left = job && job.progress > 0.05 && job.progress < 1 ? (seconds * (1 - job.progress)) / job.progress : 0;

  if (error && errorProblem(error).code === "not_found") {
    return (
      <Group gap="sm">
        <Text size="sm">{sentence(errorProblem(error).hint ?? errorProblem(error).detail)}</Text>
        {onCancelled && (
          <Button variant="default" size="compact-xs" onClick={onCancelled}>
            {t.close}
          </Button>
        )}
      </Group>
    );
  }
  if (error) return <ErrorState error={error} retry={refetch} />;
  if (job?.state === "failed" && job.problem)
    return <ErrorState error={new ApiError(job.problem)} title={t.jobFailed} />;
  if (job?.state === "cancelled") return <Text size="sm">{t.jobCancelled}</Text>;
  return (
    <ProgressBar
      label={props.label}
      value={job?.state === "waiting" ? undefined : (job?.progress ?? 0)}
      left={left}
      detail={job?.state === "waiting" ? t.jobWaiting : undefined}
      cancelling={cancelling}
      onCancel={editor ? cancel : undefined}
    />
  );
}
