import { Badge, Button, SegmentedControl } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Editors } from "../../access/Editors";
import { call, client, type Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { LoadedPage } from "../../parts/LoadedPage";
import { MoreMenu } from "../../parts/MoreMenu";
import { Columns, PageHeader, Section } from "../../parts/PageHeader";
import { useToast } from "../../parts/toast";
import { Accept } from "./Accept";
import { Card } from "./Card";
import { messages, verdictColours } from "./Discoveries";
import classes from "./discover.module.css";
import { Compared, HeatMap, Separation } from "./pictures";
import { discoveryQuery } from "./queries";
import { discoveryRoute } from "./route";

export const page = createLazyRoute("/discover/$name")({ component: DiscoveryPage });

function DiscoveryPage() {
  const t = useMessages(messages);
  const { name } = discoveryRoute.useParams();
  const q = useQuery(discoveryQuery(name));
  return (
    <LoadedPage title={t.one(name)} queries={[q]}>
      {(discovery) => <Shown discovery={discovery} />}
    </LoadedPage>
  );
}

function Shown({ discovery: d }: { discovery: Schema["Discovery"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const navigate = useNavigate();
  const change = discoveryRoute.useNavigate();
  const search = discoveryRoute.useSearch();
  const queries = useQueryClient();
  const toast = useToast();
  const [accepting, setAccepting] = useState(false);
  const best = d.solutions.find((x) => x.k === d.recommended.k) ?? d.solutions[0];
  const s = d.solutions.find((x) => x.k === search.k) ?? best;

  const remove = useMutation({
    mutationFn: () => call(client.DELETE("/api/v1/discoveries/{name}", { params: { path: { name: d.name } } })),
    onSuccess: async () => {
      toast.done(t.deleted(d.name));
      await navigate({ to: "/discover" });
      await queries.invalidateQueries({ queryKey: ["discoveries"] });
    },
    onError: toast.failed,
  });

  const reason =
    best &&
    t.reasons[d.recommended.verdict](
      best.k,
      best.density_validity === undefined
        ? t.measured.silhouette(f.number(best.silhouette))
        : t.measured.density(f.number(best.density_validity)),
      f.number(best.density_chance ?? best.chance),
      f.number(best.stability.global),
    );

  if (!s) return <PageHeader title={t.one(d.name)} answer={t.nothing} />;
  return (
    <>
      <PageHeader
        title={t.one(d.name)}
        answer={t.sentence(
          s.segments.length,
          f.count(d.n),
          s === best ? t.verdictSentence[d.recommended.verdict] : t.other(d.recommended.k),
          f.asOf(d.as_of),
        )}
        actions={
          <>
            <Editors>
              <Button leftSection={<IconCheck size={15} />} onClick={() => setAccepting(true)}>
                {t.accept}
              </Button>
            </Editors>
            <MoreMenu
              remove={{ title: t.deleteTitle(d.name), text: t.deleteText, action: t.deleteAction }}
              onRemove={() => remove.mutate()}
            />
          </>
        }
      />
      <p className={classes.reason}>
        <Badge color={verdictColours[d.recommended.verdict]} variant="dot" mr={8}>
          {t.verdicts[d.recommended.verdict]}
        </Badge>
        {reason}
      </p>
      {d.solutions.length > 1 && (
        <div className={classes.ks}>
          <span className={classes.quiet}>{t.number}</span>
          <SegmentedControl
            aria-label={t.number}
            value={String(s.k)}
            onChange={(v) => void change({ search: { k: Number(v) }, replace: true })}
            data={d.solutions.map((x) => ({
              value: String(x.k),
              label: x.k === d.recommended.k ? `${x.k} ★` : String(x.k),
            }))}
          />
          <span className={classes.quiet}>{t.star}</span>
        </div>
      )}
      <Columns>
        {d.solutions.length > 1 ? (
          <Compared
            solutions={d.solutions}
            chosen={s.k}
            onChoose={(x) => void change({ search: { k: x }, replace: true })}
          />
        ) : (
          <Figures solution={s} />
        )}
        {d.picture && <Separation picture={d.picture} solution={s} />}
      </Columns>
      <Section title={t.profile}>
        <HeatMap solution={s} />
      </Section>
      <Section title={t.each}>
        <div className={classes.cards}>
          {s.segments.map((x, i) => (
            <Card key={x.name} found={x} index={i} solution={s} />
          ))}
        </div>
      </Section>
      {s.outside ? <p className={classes.quiet}>{t.outside(f.count(s.outside))}</p> : null}
      <Section title={t.how}>
        <How discovery={d} />
      </Section>
      <Accept opened={accepting} onClose={() => setAccepting(false)} discovery={d} solution={s} />
    </>
  );
}

function Figures({ solution: s }: { solution: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const rows: [string, string][] = [
    [t.stability, f.number(s.stability.global)],
    [t.silhouette, f.number(s.silhouette)],
    [t.chance, f.number(s.chance)],
    ...(s.density_validity === undefined
      ? []
      : ([
          [t.density, f.number(s.density_validity)],
          [t.densityChance, f.number(s.density_chance ?? 0)],
        ] as [string, string][])),
    ["Calinski–Harabasz", f.number(s.calinski_harabasz)],
    ["Davies–Bouldin", f.number(s.davies_bouldin)],
  ];
  return (
    <dl className={classes.facts}>
      {rows.map(([name, value]) => (
        <Fact key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

export function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

/** Tried compares the methods that were considered. */
function Tried({ trials }: { trials: Schema["Trial"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  return (
    <DataTable
      label={t.tried}
      rows={trials}
      rowKey={(x) => x.method}
      columns={[
        { key: "method", label: t.method, cell: (x) => t.methods[x.method] ?? x.method },
        { key: "k", label: t.segments, cell: (x) => x.k || "–", value: (x) => x.k, right: true },
        {
          key: "stability",
          label: t.stability,
          cell: (x) => (x.left ? "–" : f.number(x.stability)),
          value: (x) => x.stability,
          right: true,
        },
        {
          key: "apart",
          label: t.apart,
          cell: (x) => (x.left ? "–" : f.number(x.separation)),
          value: (x) => x.separation,
          right: true,
        },
        { key: "verdict", label: t.verdict, cell: (x) => (x.left ? "–" : t.verdicts[x.verdict]) },
        {
          key: "remark",
          label: t.remark,
          cell: (x) => (x.chosen ? t.taken : x.left ? x.left : ""),
        },
      ]}
    />
  );
}

/** How says what was looked at, how it was prepared, and what was left out. */
function How({ discovery: d }: { discovery: Schema["Discovery"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  return (
    <>
      <p className={classes.prepared}>
        {t.methods[d.method] ?? d.method}. {d.why}
      </p>
      {d.tried.length > 0 && (
        <div className={classes.tried}>
          <Tried trials={d.tried} />
        </div>
      )}
      <DataTable
        label={t.features}
        rows={d.preparation}
        rowKey={(x) => x.name}
        columns={[
          { key: "name", label: t.feature, cell: (x) => x.name, value: (x) => x.name },
          { key: "text", label: t.term, cell: (x) => <code>{x.of ? `${x.text} / ${x.of}` : x.text}</code> },
          { key: "missing", label: t.missing, cell: (x) => f.percent(x.missing), value: (x) => x.missing, right: true },
          {
            key: "used",
            label: t.used,
            cell: (x) =>
              [
                x.log && t.log,
                (x.low ?? x.high) != null && t.limited,
                x.levels && t.categories(f.count(x.levels.length)),
              ]
                .filter(Boolean)
                .join(", ") || "–",
          },
        ]}
      />
      {d.refused.length > 0 && (
        <ul className={classes.prepared}>
          {d.refused.map((r) => (
            <li key={r.name}>
              {t.refused(r.name)}: {r.reason}
            </li>
          ))}
        </ul>
      )}
      {d.notes.map((n) => (
        <p key={n} className={classes.prepared}>
          {n}
        </p>
      ))}
    </>
  );
}
