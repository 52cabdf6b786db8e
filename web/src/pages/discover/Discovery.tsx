import { Badge, Button, SegmentedControl } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Editors } from "../../access/Editors";
import { call, client, type Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { LoadedPage } from "../../parts/LoadedPage";
import { MoreMenu } from "../../parts/MoreMenu";
import { Columns, PageHeader, Section } from "../../parts/PageHeader";
import { useToast } from "../../parts/toast";
import { Accept } from "./Accept";
import { Card } from "./Card";
import { Contrast } from "./Contrast";
import classes from "./discover.module.css";
import { Figures, How } from "./How";
import { messages, verdictColours } from "./messages";
import { Across } from "./pictures/Across";
import { Evidence } from "./pictures/Evidence";
import { Gorge } from "./pictures/Gorge";
import { Grid } from "./pictures/Grid";
import { HeatMap } from "./pictures/HeatMap";
import { Profiles } from "./pictures/Profiles";
import { Separation } from "./pictures/Separation";
import { Within } from "./pictures/Within";
import { discoveryQuery, worthQuery } from "./queries";
import { type DiscoverySearch, discoveryRoute } from "./route";

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
  const worth = useQuery({ ...worthQuery(d.name, s?.k ?? 0), enabled: s !== undefined }).data;
  const set = (next: DiscoverySearch) =>
    void change({ search: (now) => ({ ...now, ...next }), replace: true, resetScroll: false });

  const remove = useMutation({
    mutationFn: () => call(client.DELETE("/api/v1/discoveries/{name}", { params: { path: { name: d.name } } })),
    onSuccess: async () => {
      toast.done(t.deleted(d.name));
      await navigate({ to: "/discover" });
      await queries.invalidateQueries({ queryKey: ["discoveries"] });
    },
    onError: toast.failed,
  });

  if (!s || !best) return <PageHeader title={t.one(d.name)} answer={t.nothing} />;
  const several = d.solutions.length > 1;
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
      <Reason discovery={d} best={best} />
      {worth && <Richest worth={worth} solution={s} />}
      {several && (
        <div className={classes.ks}>
          <span className={classes.quiet}>{t.number}</span>
          <SegmentedControl
            aria-label={t.number}
            value={String(s.k)}
            onChange={(v) => set({ k: Number(v) })}
            data={d.solutions.map((x) => ({
              value: String(x.k),
              label: x.k === d.recommended.k ? `${x.k} ★` : String(x.k),
            }))}
          />
          <span className={classes.quiet}>{t.star}</span>
        </div>
      )}
      <Columns>
        {several ? (
          <Evidence
            solutions={d.solutions}
            recommended={d.recommended.k}
            chosen={s.k}
            onChoose={(x) => set({ k: x })}
          />
        ) : (
          <Figures solution={s} />
        )}
        {d.picture && <Separation picture={d.picture} solution={s} />}
      </Columns>
      <Section
        title={t.profile}
        aside={
          <SegmentedControl
            aria-label={t.view}
            value={search.view ?? "map"}
            onChange={(v) => set({ view: v === "plot" ? "plot" : undefined })}
            data={[
              { value: "map", label: t.asMap },
              { value: "plot", label: t.asPlot },
            ]}
          />
        }
      >
        {search.view === "plot" ? <Profiles solution={s} /> : <HeatMap solution={s} />}
      </Section>
      {s.grid.length > 0 && (
        <Section title={t.gridSection}>
          <Grid solution={s} cuts={d.cuts} />
        </Section>
      )}
      <Section title={t.each}>
        <div className={classes.cards}>
          {s.segments.map((x, i) => (
            <Card key={x.name} found={x} index={i} solution={s} worth={worth} asOf={d.as_of} />
          ))}
        </div>
        {s.outside ? <p className={classes.quiet}>{t.outside(f.count(s.outside))}</p> : null}
      </Section>
      <Section title={t.stableSection}>
        <Columns>
          <Within solution={s} />
          {several && <Across solutions={d.solutions} chosen={s.k} />}
        </Columns>
        <Gorge solution={s} />
      </Section>
      <Section title={t.contrast}>
        <Contrast discovery={d} k={s.k} />
      </Section>
      <Section title={t.how}>
        <How discovery={d} solution={s} />
      </Section>
      <Accept key={s.k} opened={accepting} onClose={() => setAccepting(false)} discovery={d} solution={s} />
    </>
  );
}

/** Reason says in words what the recommendation rests on. */
function Reason({ discovery: d, best }: { discovery: Schema["Discovery"]; best: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  return (
    <div className={classes.reason}>
      <Badge color={verdictColours[d.recommended.verdict]} variant="dot" mr={8}>
        {t.verdicts[d.recommended.verdict]}
      </Badge>
      {t.reasons[d.recommended.verdict](
        best.k,
        best.density_validity === undefined
          ? t.measured.silhouette(f.number(best.silhouette))
          : t.measured.density(f.number(best.density_validity)),
        f.number(best.density_chance ?? best.chance),
        f.number(best.stability.global),
      )}
    </div>
  );
}

/** Richest says which segment holds most of the value. */
function Richest({ worth: w, solution: s }: { worth: Schema["FoundWorth"]; solution: Schema["Solution"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const at = w.values.indexOf(Math.max(...w.values));
  const x = s.segments[at];
  if (!x || w.total <= 0) return null;
  return (
    <p className={classes.reason}>
      {t.richest(at + 1, x.name, f.percent((w.values[at] ?? 0) / w.total), f.percent(x.share))}
    </p>
  );
}
