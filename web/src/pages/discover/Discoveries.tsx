import { Badge } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute, Link, useNavigate } from "@tanstack/react-router";
import { Editors } from "../../access/Editors";
import { catalogueQuery, dataQuery, discoveriesQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { da } from "../../i18n/da/discover";
import { en } from "../../i18n/en/discover";
import { catalogue, useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { PageHeader, Section } from "../../parts/PageHeader";
import { JobProgress } from "../../parts/progress";
import { Loaded } from "../../parts/states";
import classes from "./discover.module.css";
import { discoveriesRoute } from "./route";
import { Start } from "./Start";

export const messages = catalogue(en, da);

export const page = createLazyRoute("/discover")({ component: Discoveries });

export const verdictColours = { natural: "teal", reproducible: "blue", constructive: "yellow" } as const;

function Discoveries() {
  const t = useMessages(messages);
  const f = useFormat();
  const list = useQuery(discoveriesQuery);
  const data = useQuery(dataQuery);
  const cat = useQuery(catalogueQuery);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { job, name } = discoveriesRoute.useSearch();
  const change = discoveriesRoute.useNavigate();
  const known = list.data?.discoveries.length;
  return (
    <>
      <PageHeader title={t.title} answer={known === undefined ? undefined : t.answer(f.count(known), known)} />
      {job && (
        <Section title={t.underWay}>
          <JobProgress
            id={job}
            label={t.looking(name ?? "")}
            onDone={() => {
              void queries.invalidateQueries({ queryKey: ["discoveries"] });
              void navigate({ to: "/discover/$name", params: { name: name ?? "" } });
            }}
            onCancelled={() => void change({ search: {}, replace: true })}
          />
        </Section>
      )}
      {known !== 0 && (
        <Section title={t.found}>
          <Loaded query={list}>
            {(l) => (
              <DataTable
                label={t.found}
                rows={l.discoveries}
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
                  { key: "features", label: t.features, cell: (d) => f.list(d.features.slice(0, 6)) },
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
            )}
          </Loaded>
        </Section>
      )}
      <Section title={t.start}>
        {known === 0 && <p className={classes.intro}>{t.noneText}</p>}
        <Editors why>
          <Loaded query={data}>
            {(d) => (
              <Loaded query={cat}>
                {(c) => (
                  <Start
                    data={d}
                    catalogue={c}
                    taken={list.data?.discoveries.map((x) => x.name) ?? []}
                    onStarted={(id, called) => void change({ search: { job: id, name: called } })}
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
