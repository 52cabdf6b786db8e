import { Button } from "@mantine/core";
import { IconAlertTriangle, IconDatabaseImport, IconInfoCircle } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute, Link } from "@tanstack/react-router";
import { Editors } from "../../access/Editors";
import { call, client, type Schema } from "../../api/client";
import { dataQuery, importsQuery, segmentsQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { da } from "../../i18n/da/overview";
import { en } from "../../i18n/en/overview";
import { catalogue, useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { PageHeader, Section } from "../../parts/PageHeader";
import { Empty, ErrorState, Loading } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { Demo } from "../data/Demo";
import { type Concern, concerns } from "./attention";
import { Moves } from "./Moves";
import classes from "./overview.module.css";
import { Sizes } from "./Sizes";
import { Value } from "./Value";

export const messages = catalogue(en, da);

export const page = createLazyRoute("/")({ component: Overview });

function Overview() {
  const t = useMessages(messages);
  const f = useFormat();
  const data = useQuery(dataQuery);
  const segments = useQuery(segmentsQuery);
  const imports = useQuery(importsQuery);

  const failed = [data, segments, imports].find((q) => q.error && q.data === undefined);
  if (failed) {
    return (
      <>
        <PageHeader title={t.title} />
        <ErrorState
          error={failed.error}
          retry={() => Promise.all([data.refetch(), segments.refetch(), imports.refetch()])}
        />
      </>
    );
  }
  if (!data.data || !segments.data || !imports.data) {
    return (
      <>
        <PageHeader title={t.title} />
        <Loading lines={8} />
      </>
    );
  }
  const d = data.data;
  if (d.persons + d.companies + d.prospects === 0) return <Beginning />;

  const found = concerns(segments.data, imports.data.imports, t);
  const what = t.answer(
    t.customers(f.count(d.persons || d.companies), (d.persons || d.companies) === 1),
    t.segments(f.count(segments.data.length), segments.data.length === 1),
  );
  return (
    <>
      <PageHeader
        title={t.title}
        answer={`${what}; ${found.length > 0 ? t.needAttention(found.length) : t.allWell}.`}
      />
      <Tiles data={d} segments={segments.data} />
      {d.events.length > 0 && <Value />}
      {segments.data.length === 0 ? (
        <Empty
          title={t.noSegmentsTitle}
          action={<Button renderRoot={(props) => <Link to="/builder" {...props} />}>{t.firstSegment}</Button>}
        >
          {t.noSegmentsText}
        </Empty>
      ) : (
        <>
          <div className={classes.columns}>
            <div className={classes.picture}>
              <Sizes segments={segments.data} population={d.persons || d.companies} />
            </div>
            {found.length > 0 && <Concerns found={found} />}
          </div>
          <Changes segments={segments.data} />
          <Arrived imports={imports.data.imports} />
        </>
      )}
    </>
  );
}

function Tiles({ data, segments }: { data: Schema["Data"]; segments: Schema["Segment"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const last = segments.reduce((max, s) => (s.run && s.run.started > max ? s.run.started : max), "");
  return (
    <dl className={classes.tiles}>
      {data.persons > 0 && <Tile name={t.customersTile} value={f.count(data.persons)} />}
      {data.companies > 0 && <Tile name={t.companiesTile} value={f.count(data.companies)} />}
      {data.prospects > 0 && <Tile name={t.prospectsTile} value={f.count(data.prospects)} />}
      <Tile
        name={t.segmentsTile}
        value={f.count(segments.length)}
        note={last ? t.refreshed(f.ago(last)) : t.neverRefreshed}
      />
      {data.events.slice(0, 4).map((e) => (
        <Tile
          key={e.name}
          name={t.eventsTile(e.name)}
          value={f.count(e.rows)}
          note={
            typeof e.first === "string" && typeof e.last === "string"
              ? t.period(f.date(e.first), f.date(e.last))
              : undefined
          }
        />
      ))}
    </dl>
  );
}

function Tile({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div className={classes.tile}>
      <dt>{name}</dt>
      <dd>
        {value}
        {note && <div className={classes.note}>{note}</div>}
      </dd>
    </div>
  );
}

function Concerns({ found }: { found: Concern[] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const refresh = useMutation({
    mutationFn: (names: string[]) => call(client.POST("/api/v1/refresh", { body: { segments: names } })),
    onSuccess: (r) => toast.done(t.refreshedNow(r.runs.length)),
    onError: (err) => toast.failed(err),
    onSettled: () =>
      Promise.all(["segments", "runs", "worth"].map((k) => queries.invalidateQueries({ queryKey: [k] }))),
  });
  return (
    <Section title={t.attention}>
      <ul className={classes.concerns}>
        {found.map((c) => (
          <li key={c.text}>
            {c.serious ? (
              <IconAlertTriangle size={18} color="light-dark(#b42318, #f0857d)" />
            ) : (
              <IconInfoCircle size={18} />
            )}
            <div>
              {c.text}
              <div className={classes.names}>
                {c.segments.slice(0, 8).map((name, i) => (
                  <span key={name}>
                    {i > 0 && ", "}
                    <Link to="/segments/$name" params={{ name }}>
                      {name}
                    </Link>
                  </span>
                ))}
                {c.segments.length > 8 && ` ${t.andMore(f.count(c.segments.length - 8))}`}
              </div>
            </div>
            {c.refresh && (
              <Editors>
                <Button
                  variant="default"
                  size="compact-xs"
                  loading={refresh.isPending}
                  aria-label={`${t.refreshNow}: ${c.text}`}
                  onClick={() => refresh.mutate(c.segments)}
                >
                  {t.refreshNow}
                </Button>
              </Editors>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Changes({ segments }: { segments: Schema["Segment"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const rows = segments.flatMap((s) => (s.run ? [{ ...s, run: s.run }] : []));
  if (rows.length === 0) return null;
  return (
    <Section title={t.changes}>
      <Moves segments={segments} />
      <DataTable
        label={t.changes}
        rows={rows}
        rowKey={(s) => s.name}
        sort={{ key: "members", descending: true }}
        columns={[
          {
            key: "name",
            label: t.segment,
            cell: (s) => (
              <Link to="/segments/$name" params={{ name: s.name }}>
                {s.name}
              </Link>
            ),
            value: (s) => s.name,
          },
          {
            key: "members",
            label: t.members,
            cell: (s) => f.count(s.run.members),
            value: (s) => s.run.members,
            right: true,
          },
          {
            key: "joined",
            label: t.joined,
            cell: (s) => f.change(s.run.joined),
            value: (s) => s.run.joined,
            right: true,
          },
          { key: "left", label: t.left, cell: (s) => f.change(-s.run.left), value: (s) => s.run.left, right: true },
          { key: "as_of", label: t.asOf, cell: (s) => f.asOf(s.run.as_of), value: (s) => s.run.as_of, nowrap: true },
          { key: "owner", label: t.owner, cell: (s) => s.owner || t.noOwnerShort, value: (s) => s.owner },
        ]}
      />
    </Section>
  );
}

/** Arrived lists the latest imports. */
function Arrived({ imports }: { imports: Schema["Import"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const terms = useTerms();
  const rows = imports.filter((i) => i.state === "committed").slice(0, 5);
  if (rows.length === 0) return null;
  return (
    <Section
      title={t.arrived}
      aside={
        <Link to="/data" search={{ tab: "imports" }}>
          {t.allImports}
        </Link>
      }
    >
      <DataTable
        label={t.arrived}
        rows={rows}
        rowKey={(i) => i.id}
        columns={[
          { key: "files", label: t.files, cell: (i) => f.list(i.files.map((x) => x.split("/").pop() ?? x)) },
          { key: "as", label: t.arrivedAs, cell: (i) => terms.rows(i.as) },
          { key: "rows", label: t.rows, cell: (i) => f.count(i.rows), right: true },
          { key: "rejected", label: t.rejected, cell: (i) => f.count(i.rejected), right: true },
          { key: "when", label: t.when, cell: (i) => f.ago(i.started), nowrap: true },
        ]}
      />
    </Section>
  );
}

function Beginning() {
  const t = useMessages(messages);
  return (
    <>
      <PageHeader title={t.title} answer={t.emptyTitle} />
      <Empty
        icon={<IconDatabaseImport size={32} stroke={1.4} />}
        title={t.emptyTitle}
        action={
          <Editors why>
            <Button renderRoot={(props) => <Link to="/data/import" {...props} />}>{t.emptyImport}</Button>
            <Demo />
          </Editors>
        }
      >
        {t.emptyText}
      </Empty>
    </>
  );
}
