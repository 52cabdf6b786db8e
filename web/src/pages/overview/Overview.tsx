import { Button } from "@mantine/core";
import { IconDatabaseImport } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { createLazyRoute, Link } from "@tanstack/react-router";
import { Editors } from "../../access/Editors";
import type { Schema } from "../../api/client";
import { dataQuery, importsQuery, proofsQuery, segmentsQuery, worthQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Demo } from "../../parts/Demo";
import { LoadedPage } from "../../parts/LoadedPage";
import { PageHeader } from "../../parts/PageHeader";
import { Empty, Missed } from "../../parts/states";
import { Arrived } from "./Arrived";
import { Attention } from "./Attention";
import { concerns } from "./attention";
import { Changes } from "./Changes";
import { messages } from "./messages";
import classes from "./overview.module.css";
import { overviewRoute } from "./route";
import { Sizes } from "./Sizes";
import { Tiles } from "./Tiles";
import { Trends } from "./Trends";
import { Value } from "./Value";

export const page = createLazyRoute("/")({ component: Overview });

function Overview() {
  const t = useMessages(messages);
  const data = useQuery(dataQuery);
  const segments = useQuery(segmentsQuery);
  const imports = useQuery(importsQuery);
  return (
    <LoadedPage title={t.title} queries={[data, segments, imports]}>
      {(d, s, i) =>
        d.persons + d.companies + d.prospects === 0 ? (
          <Beginning />
        ) : (
          <Shown data={d} segments={s} imports={i.imports} />
        )
      }
    </LoadedPage>
  );
}

function Shown(props: { data: Schema["Data"]; segments: Schema["Segment"][]; imports: Schema["Import"][] }) {
  const t = useMessages(messages);
  const { data, segments, imports } = props;
  const proofs = useQuery(proofsQuery);
  const found = concerns(segments, imports, proofs.data?.proofs ?? [], t);
  return (
    <>
      <PageHeader title={t.title} answer={<Answer data={data} segments={segments} concerns={found.length} />} />
      <Missed queries={[proofs]} />
      <Tiles data={data} segments={segments} />
      {data.events.length > 0 && <Value />}
      {segments.length === 0 ? (
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
              <Sizes segments={segments} population={data.persons || data.companies} />
            </div>
            {found.length > 0 && <Attention found={found} />}
          </div>
          <Trends segments={segments} data={data} />
          <Changes segments={segments} />
          <Arrived imports={imports} />
        </>
      )}
    </>
  );
}

/** Answer is what the page knows in a sentence: customers, value, segments, the best of them, and what is open. */
function Answer(props: { data: Schema["Data"]; segments: Schema["Segment"][]; concerns: number }) {
  const t = useMessages(messages);
  const f = useFormat();
  const { period } = overviewRoute.useSearch();
  const worth = useQuery(worthQuery(period));
  const { data: d, segments } = props;
  const customers = d.persons || d.companies;
  const w = worth.data?.expression && !worth.data.few ? worth.data : undefined;
  const best = w && bestOf(w, customers);
  const orphans = segments.filter((s) => !s.owner).length;
  const parts = [
    t.customers(f.count(customers), customers === 1),
    w && t.worthIn(f.shortMoney(w.total), t.periods[w.period], changeOf(w, f.signedPercent)),
    best && t.best(best.segment, f.wholePercent(best.share), f.wholePercent(best.members / customers)),
  ];
  const segmentParts = [
    t.segments(f.count(segments.length), segments.length === 1) + (orphans > 0 ? `, ${t.orphans(orphans)}` : ""),
    props.concerns > 0 ? t.needAttention(props.concerns) : t.allWell,
  ];
  return `${parts.filter(Boolean).join(", ")}; ${segmentParts.filter(Boolean).join("; ")}.`;
}

/** changeOf writes the change against the period before, where the data covers it. */
function changeOf(w: Schema["Worth"], signed: (v: number) => string): string {
  return w.before && w.before > 0 ? signed(w.total / w.before - 1) : "";
}

/** bestOf is the segment whose share of value is furthest above its share of customers, as on a Lorenz curve. */
function bestOf(w: Schema["Worth"], customers: number): Schema["SegmentWorth"] | undefined {
  const above = (s: Schema["SegmentWorth"]) => s.share - s.members / customers;
  const best = w.segments.reduce<Schema["SegmentWorth"] | undefined>(
    (a, s) => (a && above(a) >= above(s) ? a : s),
    undefined,
  );
  return best && above(best) > 0.05 ? best : undefined;
}

function Beginning() {
  const t = useMessages(messages);
  return (
    <>
      <PageHeader title={t.title} answer={t.emptyTitle} />
      <Empty
        icon={<IconDatabaseImport size={32} stroke={1.4} />}
        title={t.emptyNext}
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
