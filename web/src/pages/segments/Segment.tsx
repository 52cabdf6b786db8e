import { Button, Menu, TextInput } from "@mantine/core";
import { IconPencil, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Editors } from "../../access/Editors";
import { call, client, type Schema } from "../../api/client";
import { catalogueQuery, dataQuery } from "../../api/queries";
import { countQuery } from "../../api/questions";
import { useMay } from "../../api/session";
import { lastDay } from "../../api/span";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { AsOf } from "../../parts/AsOf";
import { DataTable } from "../../parts/DataTable";
import { LoadedPage } from "../../parts/LoadedPage";
import { MoreMenu } from "../../parts/MoreMenu";
import { Marks } from "../../parts/matching/Marks";
import { Members } from "../../parts/matching/Members";
import { Overlaps } from "../../parts/matching/Overlaps";
import { OverTime } from "../../parts/matching/Trend";
import { Columns, PageHeader, Section } from "../../parts/PageHeader";
import { ErrorState, Loaded } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { historyQuery, segmentQuery } from "./queries";
import { segmentRoute } from "./route";
import { messages } from "./Segments";
import classes from "./segments.module.css";

export const page = createLazyRoute("/segments/$name")({ component: SegmentPage });

function SegmentPage() {
  const t = useMessages(messages);
  const { name } = segmentRoute.useParams();
  const segment = useQuery(segmentQuery(name));
  const data = useQuery(dataQuery);
  const catalogue = useQuery(catalogueQuery);
  return (
    <LoadedPage title={t.one(name)} queries={[segment, data, catalogue]} lines={6}>
      {(s, d, c) => <Shown key={name} segment={s} data={d} catalogue={c} />}
    </LoadedPage>
  );
}

function Shown({
  segment: s,
  data,
  catalogue,
}: {
  segment: Schema["Segment"];
  data: Schema["Data"];
  catalogue: Schema["Catalogue"];
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const navigate = useNavigate();
  const change = segmentRoute.useNavigate();
  const search = segmentRoute.useSearch();
  const queries = useQueryClient();
  const toast = useToast();
  const asOf = search.asOf ?? lastDay(data);
  const expression = `${s.subject === "persons" ? "" : `${s.subject}: `}in segment "${s.name.replaceAll('"', '""')}"`;
  const count = useQuery(countQuery(expression, asOf));

  const stale = () =>
    Promise.all(["segments", "runs", "catalogue", "overlap"].map((k) => queries.invalidateQueries({ queryKey: [k] })));
  const refresh = useMutation({
    mutationFn: () =>
      call(client.POST("/api/v1/refresh", { body: { segments: [s.name], ...(asOf ? { as_of: asOf } : {}) } })),
    onSuccess: (r) => {
      const run = r.runs[0];
      if (run) toast.done(t.refreshedOne(f.count(run.members), f.count(run.joined), f.count(run.left)));
    },
    onError: toast.failed,
    onSettled: stale,
  });
  const remove = useMutation({
    mutationFn: () => call(client.DELETE("/api/v1/segments/{name}", { params: { path: { name: s.name } } })),
    onSuccess: async () => {
      toast.done(t.deleted(s.name));
      await navigate({ to: "/segments" });
      await stale();
    },
    onError: toast.failed,
  });

  return (
    <>
      <PageHeader
        title={t.one(s.name)}
        answer={
          count.data
            ? t.size(
                s.name,
                f.count(count.data.count),
                f.count(count.data.population),
                f.percent(count.data.share),
                f.asOf(count.data.as_of),
              )
            : undefined
        }
        actions={
          <>
            <AsOf value={asOf} onChange={(v) => void change({ search: { asOf: v }, replace: true })} />
            <Editors>
              <Button
                variant="default"
                leftSection={<IconRefresh size={15} />}
                loading={refresh.isPending}
                onClick={() => refresh.mutate()}
              >
                {t.refresh}
              </Button>
              {s.source === "rule" && (
                <Button
                  renderRoot={(props) => <Link to="/builder" search={{ segment: s.name, asOf }} {...props} />}
                  leftSection={<IconPencil size={15} />}
                >
                  {t.edit}
                </Button>
              )}
            </Editors>
            <MoreMenu
              remove={{ title: t.deleteTitle(s.name), text: t.deleteText, action: t.deleteAction }}
              onRemove={() => remove.mutate()}
            >
              <Editors>
                <Menu.Item renderRoot={(props) => <Link to="/prove" search={{ segment: s.name }} {...props} />}>
                  {t.prove}
                </Menu.Item>
              </Editors>
              <Menu.Item
                component="a"
                href={`/api/v1/segments/${encodeURIComponent(s.name)}/members?format=csv${asOf ? `&as_of=${asOf}` : ""}`}
                download={`${s.name}.csv`}
              >
                {t.download}
              </Menu.Item>
            </MoreMenu>
          </>
        }
      />
      {s.failed?.error && <ErrorState error={new Error(s.failed.error)} title={t.failedRefresh} />}
      {count.error && <ErrorState error={count.error} retry={count.refetch} />}
      {s.description && <p>{s.description}</p>}
      <pre className={classes.expression}>{s.expression ?? t.sources[s.source]}</pre>
      <dl className={classes.facts}>
        <Owner segment={s} />
        {s.tags.length > 0 && <Fact name={t.tags} value={f.list(s.tags)} />}
        <Fact name={t.version} value={String(s.version)} />
        {s.run && <Fact name={t.lastRefresh} value={`${f.ago(s.run.started)} (${f.asOf(s.run.as_of)})`} />}
      </dl>
      <Section title={t.overTime}>
        <OverTime
          expression={s.name}
          data={data}
          asOf={asOf}
          onAsOf={(v) => void change({ search: { asOf: v }, replace: true })}
        />
      </Section>
      <Columns>
        <Section title={t.marks}>
          {count.data && count.data.count > 0 ? (
            <Marks expression={expression} asOf={asOf} />
          ) : (
            <p className={classes.quiet}>{t.nobody}</p>
          )}
        </Section>
        <Section title={t.members}>
          <Members expression={expression} asOf={asOf} catalogue={catalogue} limit={10} />
        </Section>
      </Columns>
      <Section title={t.overlap}>
        <Overlaps segment={s.name} subject={s.subject} asOf={asOf} />
      </Section>
      <Section title={t.history}>
        <History name={s.name} />
      </Section>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Owner shows who answers for the segment, and changes it in place. */
function Owner({ segment: s }: { segment: Schema["Segment"] }) {
  const t = useMessages(messages);
  const toast = useToast();
  const queries = useQueryClient();
  const editor = useMay("editor");
  const [editing, setEditing] = useState(false);
  const [value, setValue] = useState(s.owner);
  const save = useMutation({
    mutationFn: (owner: string) =>
      call(client.PATCH("/api/v1/segments/{name}", { params: { path: { name: s.name } }, body: { owner } })),
    onSuccess: () => setEditing(false),
    onError: toast.failed,
    onSettled: () => queries.invalidateQueries({ queryKey: ["segments"] }),
  });
  return (
    <div>
      <dt>{t.owner}</dt>
      <dd>
        {editing ? (
          <form
            onSubmit={(e) => {
              e.preventDefault();
              save.mutate(value.trim());
            }}
          >
            <TextInput
              aria-label={t.owner}
              value={value}
              onChange={(e) => setValue(e.currentTarget.value)}
              onBlur={() => save.mutate(value.trim())}
              onKeyDown={(e) => {
                if (e.key === "Escape") setEditing(false);
              }}
              maxLength={200}
              disabled={save.isPending}
              autoFocus
            />
          </form>
        ) : !editor ? (
          s.owner || t.noOwner
        ) : (
          <button
            type="button"
            className={classes.inPlace}
            aria-label={`${t.owner}: ${s.owner || t.noOwner}`}
            onClick={() => {
              setValue(s.owner);
              setEditing(true);
            }}
          >
            {s.owner || t.noOwner}
          </button>
        )}
      </dd>
    </div>
  );
}

function History({ name }: { name: string }) {
  const t = useMessages(messages);
  const f = useFormat();
  const q = useQuery(historyQuery(name));
  return (
    <Loaded query={q}>
      {(h) => (
        <>
          <DataTable
            label={t.versions}
            rows={h.versions}
            rowKey={(v) => v.number}
            columns={[
              { key: "number", label: t.version, cell: (v) => v.number, value: (v) => v.number, width: 80 },
              { key: "saved", label: t.saved, cell: (v) => f.dateTime(v.saved), value: (v) => v.saved, nowrap: true },
              { key: "expression", label: t.definition, cell: (v) => <code>{v.expression}</code> },
              { key: "note", label: t.note, cell: (v) => [v.author, v.note].filter(Boolean).join(": ") || "–" },
            ]}
          />
          {h.runs.length > 0 && (
            <>
              <br />
              <DataTable
                label={t.runs}
                rows={h.runs.slice(0, 20)}
                rowKey={(r) => r.id}
                columns={[
                  {
                    key: "started",
                    label: t.refreshedAt,
                    cell: (r) => f.dateTime(r.started),
                    value: (r) => r.started,
                    nowrap: true,
                  },
                  { key: "as_of", label: t.asOf, cell: (r) => f.asOf(r.as_of), value: (r) => r.as_of, nowrap: true },
                  {
                    key: "members",
                    label: t.members,
                    cell: (r) => (r.error ? r.error : f.count(r.members)),
                    value: (r) => r.members,
                    right: true,
                  },
                  {
                    key: "joined",
                    label: t.joined,
                    cell: (r) => f.change(r.joined),
                    value: (r) => r.joined,
                    right: true,
                  },
                  { key: "left", label: t.left, cell: (r) => f.change(-r.left), value: (r) => r.left, right: true },
                ]}
              />
            </>
          )}
        </>
      )}
    </Loaded>
  );
}
