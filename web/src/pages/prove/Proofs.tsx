import { Badge, Button, Group, MultiSelect, Select, TextInput } from "@mantine/core";
import { IconCertificate } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Editors } from "../../access/Editors";
import { call, client, type Schema } from "../../api/client";
import { catalogueQuery, discoveriesQuery, jobsQuery, segmentsQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { DayInput } from "../../parts/DayInput";
import { FormBox, FormFields } from "../../parts/FormBox";
import { PageHeader, Section } from "../../parts/PageHeader";
import { Empty, ErrorState, Loaded, Missed } from "../../parts/states";
import { UnderWay } from "../../parts/UnderWay";
import { messages, standingColours } from "./messages";
import { proofsQuery } from "./queries";
import { proofsRoute } from "./route";

export const page = createLazyRoute("/prove")({ component: Proofs });

function Proofs() {
  const t = useMessages(messages);
  const f = useFormat();
  const terms = useTerms();
  const list = useQuery(proofsQuery);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const search = proofsRoute.useSearch();
  const change = proofsRoute.useNavigate();
  const known = list.data?.proofs.length;
  return (
    <>
      <PageHeader title={t.title} answer={known === undefined ? undefined : t.answer(f.count(known), known)} />
      <UnderWay
        kind="prove"
        job={search.job}
        name={search.name}
        label={t.proving}
        stale="proofs"
        onDone={(name) => void navigate({ to: "/prove/$name", params: { name } })}
        onCancelled={() => void change({ search: {}, replace: true })}
      />
      <Section title={t.kept}>
        <Loaded query={list}>
          {(l) =>
            l.proofs.length === 0 ? (
              <Empty icon={<IconCertificate size={32} stroke={1.4} />} title={t.none}>
                {t.noneText}
              </Empty>
            ) : (
              <DataTable
                label={t.kept}
                rows={l.proofs}
                rowKey={(p) => p.name}
                sort={{ key: "created", descending: true }}
                columns={[
                  {
                    key: "name",
                    label: t.name,
                    cell: (p) => (
                      <Link to="/prove/$name" params={{ name: p.name }}>
                        {p.name}
                      </Link>
                    ),
                    value: (p) => p.name,
                  },
                  {
                    key: "segments",
                    label: t.segments,
                    width: 220,
                    cell: (p) => (
                      <Group gap={4}>
                        {p.segments.slice(0, 6).map((s) => (
                          <Badge
                            key={s.name}
                            color={standingColours[s.standing]}
                            variant="dot"
                            title={t.standings[s.standing]}
                          >
                            {s.name}
                          </Badge>
                        ))}
                      </Group>
                    ),
                  },
                  {
                    key: "outcome",
                    label: t.outcome,
                    cell: (p) => <span title={p.outcome}>{terms.term(p.outcome)}</span>,
                    value: (p) => p.outcome,
                  },
                  { key: "horizon", label: t.horizon, cell: (p) => terms.span(p.horizon), nowrap: true },
                  { key: "dates", label: t.dates, cell: (p) => f.count(p.dates), value: (p) => p.dates, right: true },
                  {
                    key: "created",
                    label: t.made,
                    cell: (p) => f.dateTime(p.created),
                    value: (p) => p.created,
                    nowrap: true,
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Section>
      <Section title={t.start}>
        <Editors why>
          <Start
            segment={search.segment}
            onStarted={(job, name) => {
              void queries.invalidateQueries({ queryKey: jobsQuery.queryKey, exact: true });
              void change({ search: { job, name } });
            }}
          />
        </Editors>
      </Section>
    </>
  );
}

const horizons = ["30 days", "60 days", "90 days", "180 days", "365 days"] as const;

/** Start says what to prove: segments or a discovery, by which outcome, over which time. */
function Start({
  segment,
  onStarted,
}: {
  segment: string | undefined;
  onStarted: (job: string, name: string) => void;
}) {
  const t = useMessages(messages);
  const terms = useTerms();
  const segments = useQuery(segmentsQuery);
  const discoveries = useQuery(discoveriesQuery);
  const cat = useQuery(catalogueQuery);
  const [chosen, setChosen] = useState<string[]>(segment ? [segment] : []);
  const [discovery, setDiscovery] = useState<string | null>(null);
  const [outcome, setOutcome] = useState("");
  const [horizon, setHorizon] = useState<string>("90 days");
  const [every, setEvery] = useState("1 month");
  const [from, setFrom] = useState("");
  const [name, setName] = useState("");
  const called = name.trim() || discovery || chosen.join(", ");

  const start = useMutation({
    mutationFn: () => {
      const body: Schema["ProveRequest"] = {
        name: called,
        horizon,
        every,
        ...(discovery ? { discovery } : { segments: chosen }),
        ...(outcome.trim() ? { outcome: outcome.trim() } : {}),
        ...(from ? { from } : {}),
      };
      return call(client.POST("/api/v1/proofs", { body }));
    },
    onSuccess: (job) => onStarted(job.id, called),
  });
  const money = cat.data?.events.flatMap((e) =>
    e.properties.filter((p) => p.type === "number").map((p) => `sum(${p.name}) of ${e.name}`),
  )[0];

  return (
    <FormBox onSubmit={() => start.mutate()}>
      <Missed queries={[segments, discoveries, cat]} />
      <FormFields>
        <MultiSelect
          label={t.segments}
          data={(segments.data ?? []).map((s) => s.name)}
          value={chosen}
          onChange={(v) => {
            setChosen(v);
            setDiscovery(null);
          }}
          searchable
        />
        <Select
          label={t.orDiscovery}
          data={(discoveries.data?.discoveries ?? []).map((d) => d.name)}
          value={discovery}
          onChange={(v) => {
            setDiscovery(v);
            if (v) setChosen([]);
          }}
          clearable
          disabled={discoveries.data?.discoveries.length === 0}
        />
        <TextInput
          label={t.outcome}
          description={t.outcomeHint}
          placeholder={money ?? "did purchase"}
          value={outcome}
          onChange={(e) => setOutcome(e.currentTarget.value)}
        />
        <Select
          label={t.horizon}
          data={horizons.map((h) => ({ value: h, label: t.after(terms.span(h)) }))}
          value={horizon}
          onChange={(v) => v && setHorizon(v)}
          allowDeselect={false}
        />
        <Select
          label={t.every}
          data={[
            { value: "1 week", label: t.week },
            { value: "1 month", label: t.month },
            { value: "1 quarter", label: t.quarter },
          ]}
          value={every}
          onChange={(v) => v && setEvery(v)}
          allowDeselect={false}
        />
        <DayInput label={t.from} description={t.fromHint} value={from} onChange={setFrom} clearable />
        <TextInput
          label={t.name}
          placeholder={called}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          maxLength={200}
        />
      </FormFields>
      {start.error && <ErrorState error={start.error} title={t.notStarted} />}
      <Group>
        <Button type="submit" loading={start.isPending} disabled={chosen.length === 0 && !discovery}>
          {t.run}
        </Button>
      </Group>
    </FormBox>
  );
}
