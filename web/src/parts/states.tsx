import { Button, Group, Text } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { errorProblem } from "../api/client";
import { useFormat } from "../format/format";
import { useCommon } from "../i18n/common";
import classes from "./parts.module.css";

/** Empty is a beginning: what would be here, and the next step. */
export function Empty(props: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      {props.icon && (
        <span className={classes.emptyIcon} aria-hidden="true">
          {props.icon}
        </span>
      )}
      <Text fw={600}>{props.title}</Text>
      {props.children && (
        <Text c="dimmed" size="sm" maw={480} component="div">
          {props.children}
        </Text>
      )}
      {props.action && <Group mt="xs">{props.action}</Group>}
    </div>
  );
}

/** Loading draws quiet lines, not before 100 ms have passed; what takes long is said to. */
export function Loading({ lines = 4, height = 20 }: { lines?: number; height?: number }) {
  const t = useCommon();
  const f = useFormat();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const every = window.setInterval(() => setSeconds((s) => s + 1), 1000);
    return () => window.clearInterval(every);
  }, []);
  return (
    <div className={classes.appear} role="status" aria-label={t.loading}>
      {Array.from({ length: lines }, (_, i) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all the same
          key={i}
          className={classes.shimmer}
          style={{ height, marginBottom: 12, width: `${100 - ((i * 17) % 40)}%` }}
        />
      ))}
      {seconds >= 3 && (
        <Text size="sm" c="dimmed">
          {t.stillLoading(f.duration(seconds))}
        </Text>
      )}
    </div>
  );
}

/**
 * ErrorState says what went wrong and what to do, as the server said it, and tries
 * again. Where the session has ended, the page asks to sign in, and this says nothing.
 */
export function ErrorState({ error, retry, title }: { error: unknown; retry?: () => unknown; title?: string }) {
  const t = useCommon();
  const problem = errorProblem(error);
  const [busy, setBusy] = useState(false);
  const again = async () => {
    setBusy(true);
    await retry?.();
    setBusy(false);
  };
  if (problem.code === "unauthenticated") return null;
  const away = problem.status === 0 && problem.code === "unavailable";
  const hint = away ? t.unreachableHint : problem.hint;
  return (
    <div className={classes.error} role="alert">
      <Text fw={600} size="sm">
        {away ? t.unreachable : (title ?? t.failedTitle)}
      </Text>
      {!away && <Text size="sm">{sentence(problem.detail)}</Text>}
      {hint && (
        <Text size="sm" c="dimmed">
          {sentence(hint)}
        </Text>
      )}
      {retry && (
        <Button variant="default" mt="xs" loading={busy} onClick={() => void again()}>
          {t.retry}
        </Button>
      )}
    </div>
  );
}

/** sentence begins a message of the server with a capital, for people. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** Loaded shows the three states of a query: loading, failed, and what it gave. */
export function Loaded<T>(props: { query: Asked<T>; children: (data: T) => ReactNode; lines?: number }) {
  const { data, error, refetch } = props.query;
  if (data !== undefined) return props.children(data);
  if (error) return <ErrorState error={error} retry={refetch} />;
  return <Loading lines={props.lines} />;
}

/** Missed says that something beside the main thing could not be loaded, and tries again. */
export function Missed({ queries }: { queries: Asked<unknown>[] }) {
  const t = useCommon();
  const failed = queries.filter((q) => q.error && q.data === undefined);
  if (failed.length === 0) return null;
  return (
    <ErrorState
      title={t.partMissing}
      error={failed[0]?.error}
      retry={() => Promise.all(failed.map((q) => q.refetch()))}
    />
  );
}
