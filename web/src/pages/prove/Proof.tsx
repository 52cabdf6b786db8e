import { Badge, SegmentedControl, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute, useNavigate } from "@tanstack/react-router";
import { call, client, type Schema } from "../../api/client";
import { segmentsQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { LoadedPage } from "../../parts/LoadedPage";
import { MoreMenu } from "../../parts/MoreMenu";
import { Columns, PageHeader, Section } from "../../parts/PageHeader";
import { Missed } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { Feedback, verdictColours } from "./Feedback";
import { messages, standingColours } from "./Proofs";
import { Outcome, Retention, Size } from "./pictures";
import classes from "./prove.module.css";
import { proofQuery } from "./queries";
import { proofRoute } from "./route";

export const page = createLazyRoute("/prove/$name")({ component: ProofPage });

function ProofPage() {
  const t = useMessages(messages);
  const { name } = proofRoute.useParams();
  const q = useQuery(proofQuery(name));
  return (
    <LoadedPage title={t.one(name)} queries={[q]}>
      {(proof) => <Shown proof={proof} />}
    </LoadedPage>
  );
}

function Shown({ proof: p }: { proof: Schema["Proof"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const terms = useTerms();
  const search = proofRoute.useSearch();
  const change = proofRoute.useNavigate();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const toast = useToast();
  const saved = useQuery(segmentsQuery);
  const s = p.segments.find((x) => x.name === search.segment) ?? p.segments[0];
  const remove = useMutation({
    mutationFn: () => call(client.DELETE("/api/v1/proofs/{name}", { params: { path: { name: p.name } } })),
    onSuccess: async () => {
      toast.done(t.deleted(p.name));
      await navigate({ to: "/prove" });
      await queries.invalidateQueries({ queryKey: ["proofs"] });
    },
    onError: toast.failed,
  });
  const confirmed = p.segments.filter((x) => x.summary.standing === "confirmed").length;
  if (!s) return <PageHeader title={t.one(p.name)} answer={t.nothing} />;
  return (
    <>
      <PageHeader
        title={t.one(p.name)}
        answer={t.sentence(confirmed, p.segments.length, t.after(terms.span(p.horizon)), p.dates.length)}
        actions={
          <MoreMenu
            remove={{ title: t.deleteTitle(p.name), text: t.deleteText, action: t.deleteAction }}
            onRemove={() => remove.mutate()}
          />
        }
      />
      {p.segments.length > 1 && (
        <Section title={t.together}>
          <Together proof={p} />
        </Section>
      )}
      {p.segments.length > 1 && (
        <div className={classes.choose}>
          {p.segments.length <= 5 && p.segments.reduce((n, x) => n + x.name.length, 0) <= 60 ? (
            <SegmentedControl
              aria-label={t.segment}
              value={s.name}
              onChange={(v) => void change({ search: { segment: v }, replace: true })}
              data={p.segments.map((x) => x.name)}
            />
          ) : (
            <Select
              aria-label={t.segment}
              value={s.name}
              data={p.segments.map((x) => x.name)}
              onChange={(v) => void change({ search: { segment: v ?? undefined }, replace: true })}
              allowDeselect={false}
              searchable
              w={320}
            />
          )}
        </div>
      )}
      <p>
        <Badge color={standingColours[s.summary.standing]} variant="dot" mr={8}>
          {t.standings[s.summary.standing]}
        </Badge>
        {t.summary(
          s.name,
          s.summary.clear,
          s.summary.dates,
          s.summary.lift === undefined ? "" : f.number(s.summary.lift),
          f.number(s.summary.effect),
        )}
      </p>
      <Columns>
        <Outcome proof={s} rate={p.rate} outcome={terms.term(p.outcome)} />
        <Size proof={s} />
      </Columns>
      <Section title={t.scorecard}>
        <div className={classes.score}>
          {s.scorecard.map((c) => (
            <Criterion key={c.name} criterion={c} />
          ))}
        </div>
      </Section>
      <Missed queries={[saved]} />
      {saved.data?.some((x) => x.name === s.name) && (
        <Section title={t.feedback}>
          <Feedback key={s.name} segment={s.name} />
        </Section>
      )}
      {s.retention.length > 0 && (
        <Section title={t.persistence}>
          <Retention proof={s} every={t.everies[p.every] ?? p.every} />
        </Section>
      )}
      {(p.notes.length > 0 || p.timeless.length > 0) && (
        <Section title={t.notes}>
          {p.timeless.length > 0 && <p className={classes.quiet}>{t.timeless(f.list(p.timeless))}</p>}
          {p.notes.map((n) => (
            <p key={n} className={classes.quiet}>
              {n}
            </p>
          ))}
        </Section>
      )}
    </>
  );
}

function Criterion({ criterion: c }: { criterion: Schema["Criterion"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const share = c.name === "measurable" || c.name === "reachable" || c.name === "stable";
  const write = (v: number) => (share ? f.percent(v) : f.number(v));
  const named = (x: Schema["Part"]) => t.parts[x.name] ?? x.name;
  // What is wanting is named; a channel and a share have a figure.
  const wanting = c.name === "actionable" ? c.parts.filter((x) => x.value === 0).map(named) : [];
  const parts = c.name === "actionable" ? [] : c.parts.map((x) => `${named(x)} ${f.percent(x.value)}`);
  const about = [
    t.threshold(write(c.threshold)),
    ...(parts.length > 0 ? [parts.join(", ")] : []),
    ...(wanting.length > 0 ? [t.missing(f.list(wanting))] : []),
  ];
  return (
    <div className={classes.criterion}>
      <div className={classes.criterionHead}>
        {t.criteria[c.name]}
        <Badge color={verdictColours[c.verdict]} variant="dot">
          {t.grades[c.verdict]}
        </Badge>
      </div>
      <div className={classes.value}>
        {c.value === undefined ? "–" : c.name === "actionable" ? t.ofThree(f.count(c.value)) : write(c.value)}
      </div>
      <p className={classes.quiet}>{about.join(" · ")}</p>
      <p className={classes.quiet}>{t.criteriaText[c.name]}</p>
    </div>
  );
}

/** Together says how much the segments explain, and whether something simpler does as well. */
function Together({ proof: p }: { proof: Schema["Proof"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const set = p.set;
  const last = (s: Schema["SegmentProof"]) => s.points.findLast((x) => x.outcome !== undefined);
  const write = (v: number) => (p.rate ? f.percent(v) : f.number(v));
  return (
    <>
      {set && (
        <p>
          {t.explained(
            f.percent(Math.max(0, set.explained.out)),
            set.as_well,
            set.rivals[0]?.name ?? "",
            f.percent(Math.max(0, set.rivals[0]?.explained.out ?? 0)),
          )}
        </p>
      )}
      <DataTable
        label={t.together}
        rows={p.segments}
        rowKey={(s) => s.name}
        columns={[
          { key: "name", label: t.segment, cell: (s) => s.name, value: (s) => s.name },
          {
            key: "members",
            label: t.members,
            cell: (s) => f.count(last(s)?.members ?? s.points.at(-1)?.members ?? 0),
            value: (s) => last(s)?.members,
            right: true,
          },
          {
            key: "revenue",
            label: t.revenueShare,
            cell: (s) => {
              const v = last(s)?.revenue_share;
              return v === undefined ? "–" : f.percent(v);
            },
            value: (s) => last(s)?.revenue_share,
            right: true,
          },
          {
            key: "outcome",
            label: t.outcomeOf,
            cell: (s) => {
              const o = last(s)?.outcome?.members;
              return o ? `${write(o.value)} (${write(o.low)}–${write(o.high)})` : "–";
            },
            value: (s) => last(s)?.outcome?.members.value,
            right: true,
          },
          {
            key: "lift",
            label: t.lift,
            cell: (s) => (s.summary.lift === undefined ? "–" : f.number(s.summary.lift)),
            value: (s) => s.summary.lift,
            right: true,
          },
          {
            key: "standing",
            label: t.verdict,
            cell: (s) => (
              <Badge color={standingColours[s.summary.standing]} variant="dot">
                {t.standings[s.summary.standing]}
              </Badge>
            ),
            value: (s) => s.summary.standing,
          },
        ]}
      />
      {set && set.rivals.length > 0 && (
        <>
          <br />
          <DataTable
            label={t.rivals}
            rows={set.rivals}
            rowKey={(r) => r.name}
            columns={[
              { key: "name", label: t.rivals, cell: (r) => r.name, value: (r) => r.name },
              { key: "groups", label: t.groups, cell: (r) => f.count(r.groups), value: (r) => r.groups, right: true },
              {
                key: "out",
                label: t.explainedOut,
                cell: (r) => f.percent(r.explained.out),
                value: (r) => r.explained.out,
                right: true,
              },
              {
                key: "ahead",
                label: t.ahead,
                cell: (r) => `${f.percent(r.ahead.value)} (${f.percent(r.ahead.low)} – ${f.percent(r.ahead.high)})`,
                value: (r) => r.ahead.value,
                right: true,
              },
            ]}
          />
        </>
      )}
    </>
  );
}
