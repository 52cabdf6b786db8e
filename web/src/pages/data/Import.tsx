import { Button, Group } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute, Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { Editors } from "../../access/Editors";
import { ApiError, call, client } from "../../api/client";
import { dataKeys } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { PageHeader, Section } from "../../parts/PageHeader";
import { ProgressBar } from "../../parts/progress";
import { ErrorState } from "../../parts/states";
import { useToast } from "../../parts/toast";
import classes from "./data.module.css";
import { cancel, choose, type Importing, placed, resume, startOver, useImporting } from "./importing";
import { messages } from "./messages";
import { PlanForm } from "./PlanForm";

export const page = createLazyRoute("/data/import")({ component: Import });

function Import() {
  const t = useMessages(messages);
  const f = useFormat();
  const now = useImporting();
  const names = now.files.map((x) => x.name).join(", ");
  const answer = {
    choose: t.choose,
    uploading: t.uploading(names),
    plan: now.plan
      ? t.planAnswer(
          names,
          now.plan.whole ? f.count(now.plan.rows) : t.about(f.short(now.plan.rows)),
          now.plan.rows,
          now.columns.length,
          now.files.length > 1,
        )
      : t.planOpen(names),
    importing: t.importing(names),
    done: now.result?.already
      ? t.already(names)
      : t.done(f.count(now.result?.import.rows ?? 0), names, f.duration(now.result?.seconds ?? 0)),
  }[now.step];
  return (
    <>
      <PageHeader
        title={t.importTitle}
        answer={answer}
        actions={
          now.step === "plan" && (
            <Button variant="default" onClick={startOver}>
              {t.otherFile}
            </Button>
          )
        }
      />
      {now.problem && now.step !== "done" && !placed(now) && (
        <div style={{ marginBottom: 16 }}>
          <ErrorState error={new ApiError(now.problem)} retry={canRetry(now) ? resume : undefined} />
        </div>
      )}
      {now.step === "choose" && (
        <Editors why>
          <Drop />
        </Editors>
      )}
      {now.step === "uploading" && <ProgressBar label={t.uploading(names)} value={now.sent} onCancel={startOver} />}
      {now.step === "plan" && <PlanForm now={now} />}
      {now.step === "importing" && <Running now={now} />}
      {now.step === "done" && <Done now={now} />}
    </>
  );
}

/** canRetry reports whether the same may do better again: a file or a choice that is wrong stays wrong. */
const canRetry = (now: Importing) =>
  now.files.length > 0 && !/^(invalid|refused|conflict)$/.test(now.problem?.code ?? "");

function Drop() {
  const t = useMessages(messages);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an addition; the button does the same
    <div
      className={classes.drop}
      data-over={over}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        void choose([...e.dataTransfer.files]);
      }}
    >
      <IconFileImport size={32} stroke={1.4} aria-hidden="true" />
      <strong>{t.dropTitle}</strong>
      <span className={classes.quiet} style={{ maxWidth: 480 }}>
        {t.dropText}
      </span>
      <input
        ref={input}
        type="file"
        multiple
        tabIndex={-1}
        className={classes.input}
        aria-label={t.browse}
        accept=".csv,.tsv,.txt,.gz"
        onChange={(e) => void choose([...(e.currentTarget.files ?? [])])}
      />
      <Button onClick={() => input.current?.click()}>{t.browse}</Button>
    </div>
  );
}

function Running({ now }: { now: Importing }) {
  const t = useMessages(messages);
  const f = useFormat();
  const p = now.progress;
  return (
    <>
      <ProgressBar
        label={t.stages[p?.stage ?? "checking"] ?? ""}
        value={p && p.of > 0 ? p.bytes / p.of : undefined}
        left={p?.left}
        detail={
          p && t.progressDetail(f.count(p.rows), f.count(p.rejected), p.per_second > 0 ? f.short(p.per_second) : "")
        }
        onCancel={cancel}
      />
      <p className={classes.quiet}>{t.leave}</p>
    </>
  );
}

function Done({ now }: { now: Importing }) {
  const t = useMessages(messages);
  const f = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const refresh = useMutation({
    mutationFn: () => call(client.POST("/api/v1/refresh", { body: {} })),
    onSuccess: (r) => toast.done(t.refreshed(r.runs.length)),
    onError: (err) => toast.failed(err),
    onSettled: () => Promise.all([...dataKeys, ["worth"]].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
  const result = now.result;
  if (!result) return null;
  const rejected = result.import.rejected;
  return (
    <>
      {result.import.created > 0 && !result.already && <p>{t.createdNote(f.count(result.import.created))}</p>}
      {rejected > 0 && (
        <Section
          title={t.rejectsHead(f.count(rejected))}
          aside={
            <Button
              component="a"
              variant="default"
              href={`/api/v1/imports/${result.import.id}/rejects`}
              download
              size="compact-sm"
            >
              {t.downloadRejects}
            </Button>
          }
        >
          {result.reasons.length > 0 && (
            <DataTable
              label={t.rejectsHead(f.count(rejected))}
              rows={result.reasons}
              rowKey={(r) => r.reason}
              columns={[
                { key: "reason", label: t.reason, cell: (r) => r.reason },
                { key: "rows", label: t.rows, cell: (r) => f.count(r.rows), right: true },
              ]}
            />
          )}
        </Section>
      )}
      <Group gap="xs">
        <Button component={Link} to="/data" onClick={startOver}>
          {t.seeData}
        </Button>
        <Button variant="default" loading={refresh.isPending} onClick={() => refresh.mutate()}>
          {t.refresh}
        </Button>
        <Button variant="default" onClick={startOver}>
          {t.more}
        </Button>
      </Group>
    </>
  );
}
