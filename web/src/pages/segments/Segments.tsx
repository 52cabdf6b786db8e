import { Badge, Button, TextInput } from "@mantine/core";
import { IconPlus, IconRefresh, IconSearch, IconUsersGroup } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute, Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { Editors } from "../../access/Editors";
import { call, client, type Schema } from "../../api/client";
import { segmentsQuery } from "../../api/queries";
import { useMay } from "../../api/session";
import { useFormat } from "../../format/format";
import { da } from "../../i18n/da/segments";
import { en } from "../../i18n/en/segments";
import { catalogue, useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { LoadedPage } from "../../parts/LoadedPage";
import { PageHeader } from "../../parts/PageHeader";
import { Empty, Missed } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { useShortcut } from "../../shell/shortcuts";
import { runsQuery } from "./queries";
import { segmentsRoute } from "./route";
import { Sparkline } from "./Sparkline";
import classes from "./segments.module.css";

export const messages = catalogue(en, da);

export const page = createLazyRoute("/segments")({ component: Segments });

/** statusOf says in a word how a segment is: failed, never refreshed, changed since, or fine. */
export function statusOf(s: Schema["Segment"]): "failed" | "never" | "changed" | "fresh" {
  if (s.failed) return "failed";
  if (!s.run) return "never";
  return s.run.version < s.version ? "changed" : "fresh";
}

const colours = { failed: "red", never: "gray", changed: "yellow", fresh: "teal" } as const;

function Segments() {
  const t = useMessages(messages);
  const f = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const search = segmentsRoute.useSearch();
  const change = segmentsRoute.useNavigate();
  const segments = useQuery(segmentsQuery);
  const runs = useQuery(runsQuery);
  const editor = useMay("editor");
  useShortcut("n", editor ? t.create : t.tryOut, () => void navigate({ to: "/builder" }));

  const refresh = useMutation({
    mutationFn: () => call(client.POST("/api/v1/refresh", { body: {} })),
    onSuccess: (r) => toast.done(t.refreshed(f.count(r.runs.length))),
    onError: toast.failed,
    onSettled: () => Promise.all(["segments", "runs"].map((k) => queries.invalidateQueries({ queryKey: [k] }))),
  });

  const sizes = useMemo(() => {
    const all = new Map<string, { at: string; n: number }[]>();
    for (const r of runs.data?.runs ?? []) {
      if (!r.error) all.set(r.segment, [{ at: r.as_of, n: r.members }, ...(all.get(r.segment) ?? [])]);
    }
    return all;
  }, [runs.data]);

  const wanted = (search.q ?? "").toLowerCase();
  return (
    <LoadedPage title={t.title} queries={[segments]}>
      {(all) => {
        if (all.length === 0) {
          return (
            <>
              <PageHeader title={t.title} answer={t.none} />
              <Empty
                icon={<IconUsersGroup size={32} stroke={1.4} />}
                title={t.none}
                action={
                  <Button component={Link} to="/builder" leftSection={<IconPlus size={15} />}>
                    {editor ? t.create : t.tryOut}
                  </Button>
                }
              >
                {t.noneText}
              </Empty>
            </>
          );
        }
        const found = all.filter((s) =>
          [s.name, s.owner, s.description, ...s.tags].some((x) => x.toLowerCase().includes(wanted)),
        );
        const noOwner = all.filter((s) => !s.owner).length;
        const stale = all.filter((s) => statusOf(s) !== "fresh").length;
        return (
          <>
            <PageHeader
              title={t.title}
              answer={t.answer(f.count(all.length), all.length === 1, noOwner, stale)}
              actions={
                <>
                  <Editors>
                    <Button
                      variant="default"
                      leftSection={<IconRefresh size={15} />}
                      loading={refresh.isPending}
                      onClick={() => refresh.mutate()}
                    >
                      {t.refreshAll}
                    </Button>
                  </Editors>
                  <Button component={Link} to="/builder" leftSection={<IconPlus size={15} />}>
                    {editor ? t.create : t.tryOut}
                  </Button>
                </>
              }
            />
            <Missed queries={[runs]} />
            <TextInput
              className={classes.search}
              leftSection={<IconSearch size={14} />}
              aria-label={t.filter}
              placeholder={t.filter}
              value={search.q ?? ""}
              onChange={(e) => void change({ search: { q: e.currentTarget.value || undefined }, replace: true })}
            />
            {found.length === 0 ? (
              <Empty title={t.noneFound(search.q ?? "")} />
            ) : (
              <DataTable
                label={t.title}
                rows={found}
                rowKey={(s) => s.name}
                sort={{ key: "members", descending: true }}
                columns={[
                  {
                    key: "name",
                    label: t.name,
                    cell: (s) => (
                      <>
                        <Link to="/segments/$name" params={{ name: s.name }} className={classes.name}>
                          {s.name}
                        </Link>
                        <div className={classes.about}>{s.description || s.expression}</div>
                      </>
                    ),
                    value: (s) => s.name,
                  },
                  {
                    key: "members",
                    label: t.members,
                    cell: (s) => (s.run ? f.count(s.run.members) : "–"),
                    value: (s) => s.run?.members,
                    right: true,
                  },
                  {
                    key: "trend",
                    label: t.trend,
                    cell: (s) => (
                      <Sparkline points={(sizes.get(s.name) ?? []).map((p) => p.n)} label={t.trendOf(s.name)} />
                    ),
                    width: 96,
                  },
                  {
                    key: "joined",
                    label: t.joined,
                    cell: (s) => (s.run ? f.change(s.run.joined) : "–"),
                    value: (s) => s.run?.joined,
                    right: true,
                  },
                  {
                    key: "left",
                    label: t.left,
                    cell: (s) => (s.run ? f.change(-s.run.left) : "–"),
                    value: (s) => s.run?.left,
                    right: true,
                  },
                  {
                    key: "owner",
                    label: t.owner,
                    cell: (s) => s.owner || <span className={classes.quiet}>{t.noOwner}</span>,
                    value: (s) => s.owner,
                    nowrap: true,
                  },
                  {
                    key: "status",
                    label: t.status,
                    cell: (s) => (
                      <Badge color={colours[statusOf(s)]} variant="dot" miw="max-content">
                        {t.statuses[statusOf(s)]}
                      </Badge>
                    ),
                    value: statusOf,
                  },
                  {
                    key: "refresh",
                    label: t.asOf,
                    cell: (s) => (s.run ? f.asOf(s.run.as_of) : "–"),
                    value: (s) => s.run?.as_of,
                    nowrap: true,
                  },
                ]}
              />
            )}
          </>
        );
      }}
    </LoadedPage>
  );
}
