import { Badge, Button, SegmentedControl, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute, useNavigate } from "@tanstack/react-router";
import { Editors } from "../../access/Editors";
import { call, client, type Schema } from "../../api/client";
import { segmentsQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { useMessages } from "../../i18n/language";
import { LoadedPage } from "../../parts/LoadedPage";
import { MoreMenu } from "../../parts/MoreMenu";
import { Columns, PageHeader, Section } from "../../parts/PageHeader";
import { Missed } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { Against } from "./Against";
import { alike } from "./digits";
import { Feedback } from "./Feedback";
import { messages, standingColours } from "./messages";
import { Outdated } from "./Outdated";
import { Outcome, Retention, Size } from "./pictures";
import classes from "./prove.module.css";
import { proofQuery } from "./queries";
import { useRerun } from "./rerun";
import { proofRoute } from "./route";
import { Scorecard } from "./Scorecard";
import { Together } from "./Together";

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
  const rerun = useRerun(p);
  const confirmed = p.segments.filter((x) => x.summary.standing === "confirmed").length;
  if (!s) return <PageHeader title={t.one(p.name)} answer={t.nothing} />;
  const last = s.points.findLast((x) => x.outcome !== undefined)?.outcome;
  const write = alike(last ? [last.members.value, last.others.value] : [], p.rate, f);
  return (
    <>
      <PageHeader
        title={t.one(p.name)}
        answer={
          p.segments.length === 1 && last
            ? t.single[s.summary.standing](
                s.name,
                terms.term(p.outcome),
                write(last.members.value),
                write(last.others.value),
                terms.span(p.horizon),
                t.clearAt(s.summary.clear, s.summary.dates),
              )
            : t.sentence(confirmed, p.segments.length, t.after(terms.span(p.horizon)), p.dates.length)
        }
        actions={
          <>
            <Editors>
              <Button variant="default" loading={rerun.isPending} onClick={() => rerun.mutate(undefined)}>
                {t.runAgain}
              </Button>
            </Editors>
            <MoreMenu
              remove={{ title: t.deleteTitle(p.name), text: t.deleteText, action: t.deleteAction }}
              onRemove={() => remove.mutate()}
            />
          </>
        }
      />
      <Outdated proof={p} rerun={rerun} />
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
      <div className={classes.verdict}>
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
      </div>
      <Columns>
        <Outcome proof={s} rate={p.rate} outcome={terms.term(p.outcome)} />
        <Size proof={s} />
      </Columns>
      <Section title={t.against}>
        <Against proof={s} rate={p.rate} />
      </Section>
      <Scorecard proof={p} segment={s} rerun={rerun} />
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
