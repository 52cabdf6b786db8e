import { Alert, Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { createLazyRoute } from "@tanstack/react-router";
import { Editors } from "../../access/Editors";
import type { Schema } from "../../api/client";
import { catalogueQuery, dataQuery, worthQuery } from "../../api/queries";
import { countQuery } from "../../api/questions";
import { lastDay } from "../../api/span";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { LoadedPage } from "../../parts/LoadedPage";
import { Marks } from "../../parts/matching/Marks";
import { Members } from "../../parts/matching/Members";
import { Overlaps } from "../../parts/matching/Overlaps";
import { OverTime } from "../../parts/matching/Trend";
import { Columns, PageHeader, Section } from "../../parts/PageHeader";
import { ErrorState } from "../../parts/states";
import { useArchive, useRefresh } from "../../parts/upkeep/upkeep";
import { Actions } from "./Actions";
import { Facts } from "./Facts";
import { History } from "./History";
import { messages } from "./messages";
import { segmentQuery } from "./queries";
import { segmentRoute } from "./route";
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

interface Props {
  segment: Schema["Segment"];
  data: Schema["Data"];
  catalogue: Schema["Catalogue"];
}

function Shown({ segment: s, data, catalogue }: Props) {
  const t = useMessages(messages);
  const f = useFormat();
  const change = segmentRoute.useNavigate();
  const search = segmentRoute.useSearch();
  const asOf = search.asOf ?? lastDay(data);
  const onAsOf = (day: string | undefined) => void change({ search: { asOf: day }, replace: true });
  const expression = `${s.subject === "persons" ? "" : `${s.subject}: `}in segment "${s.name.replaceAll('"', '""')}"`;
  const count = useQuery(countQuery(expression, asOf));
  const worth = useQuery(worthQuery(undefined));
  const refresh = useRefresh(asOf);
  const value = worth.data?.segments.find((x) => x.segment === s.name);
  const answer = count.data && [
    t.size(
      s.name,
      f.count(count.data.count),
      f.count(count.data.population),
      f.percent(count.data.share),
      f.asOf(count.data.as_of),
    ),
    worth.data &&
      value &&
      t.worth(f.shortMoney(value.value), t.periods[worth.data.period], f.wholePercent(value.share)),
  ];
  return (
    <>
      <PageHeader
        title={t.one(s.name)}
        answer={answer?.filter(Boolean).join("; ")}
        actions={<Actions segment={s} asOf={asOf} onAsOf={onAsOf} refresh={refresh} />}
      />
      {s.archived && <Archived segment={s} />}
      {s.failed?.error && (
        <ErrorState
          error={new Error(s.failed.error)}
          title={t.failedRefresh}
          retry={() => refresh.mutateAsync([s.name]).catch(() => undefined)}
        />
      )}
      {count.error && <ErrorState error={count.error} retry={count.refetch} />}
      {s.description && <p>{s.description}</p>}
      <pre className={classes.expression}>{s.expression ?? t.sources[s.source]}</pre>
      <Facts segment={s} count={count.data} worth={worth.data} />
      <Section title={t.overTime}>
        <OverTime expression={s.name} data={data} asOf={asOf} onAsOf={onAsOf} />
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
        <History segment={s} asOf={asOf} />
      </Section>
    </>
  );
}

/** Archived says that a segment is put away, and takes it back. */
function Archived({ segment: s }: { segment: Schema["Segment"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const archive = useArchive();
  return (
    <Alert mb="md" color="gray">
      <Group justify="space-between" gap="sm">
        {t.isArchived(f.date(s.archived ?? ""))}
        <Editors>
          <Button
            variant="default"
            loading={archive.isPending}
            onClick={() => archive.mutate({ names: [s.name], archived: false })}
          >
            {t.restore}
          </Button>
        </Editors>
      </Group>
    </Alert>
  );
}
