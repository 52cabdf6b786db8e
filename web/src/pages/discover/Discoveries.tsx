import { Badge } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute, Link, useNavigate } from "@tanstack/react-router";
import { Editors } from "../../access/Editors";
import type { Schema } from "../../api/client";
import { catalogueQuery, dataQuery, discoveriesQuery, jobsQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { PageHeader, Section } from "../../parts/PageHeader";
import { Loaded } from "../../parts/states";
import { UnderWay } from "../../parts/UnderWay";
import classes from "./discover.module.css";
import { messages, verdictColours } from "./messages";
import { discoveriesRoute } from "./route";
import { Start } from "./Start";

export const page = createLazyRoute("/discover")({ component: Discoveries });

function Discoveries() {
  const t = useMessages(messages);
  const f = useFormat();
  const list = useQuery(discoveriesQuery);
  const data = useQuery(dataQuery);
  const cat = useQuery(catalogueQuery);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const search = discoveriesRoute.useSearch();
  const change = discoveriesRoute.useNavigate();
  const known = list.data?.discoveries;
  const latest = known?.reduce<Schema["DiscoverySummary"] | undefined>(
    (a, b) => (a && a.created > b.created ? a : b),
    undefined,
  );
  return (
    <>
      <PageHeader
        title={t.title}
        answer={
          known &&
          (latest
            ? t.latest(
                f.count(known.length),
                known.length,
                latest.name,
                latest.recommended.k,
                t.verdicts[latest.recommended.verdict],
                f.count(latest.n),
              )
            : t.answer)
        }
      />
      <UnderWay
        kind="discover"
        job={search.job}
        name={search.name}
        label={t.looking}
        stale="discoveries"
        onDone={(name) => void navigate({ to: "/discover/$name", params: { name } })}
        onCancelled={() => void change({ search: {}, replace: true })}
      />
      {known?.length !== 0 && (
        <Section title={t.found}>
          <Loaded query={list}>{(l) => <Found list={l.discoveries} />}</Loaded>
        </Section>
      )}
      <Section title={t.start}>
        {known?.length === 0 && <p className={classes.intro}>{t.noneText}</p>}
        <Editors why>
          <Loaded query={data}>
            {(d) => (
              <Loaded query={cat}>
                {(c) => (
                  <Start
                    data={d}
                    catalogue={c}
                    taken={known?.map((x) => x.name) ?? []}
                    onStarted={(id, name) => {
                      void queries.invalidateQueries({ queryKey: jobsQuery.queryKey, exact: true });
                      void change({ search: { job: id, name } });
                      window.scrollTo({ top: 0 });
                    }}
                  />
                )}
              </Loaded>
            )}
          </Loaded>
        </Editors>
      </Section>
    </>
  );
}

function Found({ list }: { list: Schema["DiscoverySummary"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  return (
    <DataTable
      label={t.found}
      rows={list}
      rowKey={(d) => d.name}
      sort={{ key: "created", descending: true }}
      columns={[
        {
          key: "name",
          label: t.name,
          cell: (d) => (
            <Link to="/discover/$name" params={{ name: d.name }}>
              {d.name}
            </Link>
          ),
          value: (d) => d.name,
        },
        {
          key: "k",
          label: t.segments,
          cell: (d) => d.recommended.k,
          value: (d) => d.recommended.k,
          right: true,
        },
        {
          key: "verdict",
          label: t.verdict,
          cell: (d) => (
            <Badge color={verdictColours[d.recommended.verdict]} variant="dot" miw="max-content">
              {t.verdicts[d.recommended.verdict]}
            </Badge>
          ),
          value: (d) => d.recommended.verdict,
        },
        { key: "n", label: t.customers, cell: (d) => f.count(d.n), value: (d) => d.n, right: true },
        { key: "method", label: t.method, cell: (d) => t.methods[d.method] ?? d.method, value: (d) => d.method },
        {
          key: "features",
          label: t.features,
          cell: (d) =>
            d.features.length > 6
              ? t.andMore(d.features.slice(0, 5).join(", "), f.count(d.features.length - 5))
              : f.list(d.features),
        },
        { key: "asOf", label: t.asOf, cell: (d) => f.asOf(d.as_of), value: (d) => d.as_of, nowrap: true },
        {
          key: "created",
          label: t.created,
          cell: (d) => f.dateTime(d.created),
          value: (d) => d.created,
          nowrap: true,
        },
      ]}
    />
  );
}
