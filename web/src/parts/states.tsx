import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { errorProblem } from "../api/client";
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

/** Loading draws quiet lines, not before 100 ms have passed. */
export function Loading({ lines = 4, height = 20 }: { lines?: number; height?: number }) {
  const t = useCommon();
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
    </div>
  );
}

/** ErrorState says what went wrong and what to do, as the server said it, and tries again. */
export function ErrorState({ error, retry, title }: { error: unknown; retry?: () => void; title?: string }) {
  const t = useCommon();
  const problem = errorProblem(error);
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
        <Button variant="default" mt="xs" onClick={retry}>
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
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  return <Loading lines={props.lines} />;
}
