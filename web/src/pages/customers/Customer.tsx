import { Button, TextInput } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { createLazyRoute, Link } from "@tanstack/react-router";
import { useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { dataQuery } from "../../api/queries";
import { lastDay } from "../../api/span";
import { useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { shown } from "../../format/value";
import { useMessages } from "../../i18n/language";
import { AsOf } from "../../parts/AsOf";
import { LoadedPage } from "../../parts/LoadedPage";
import { Columns, PageHeader, Section } from "../../parts/PageHeader";
import { Empty, ErrorState, Loaded, Loading, sentence } from "../../parts/states";
import classes from "./customers.module.css";
import { messages } from "./messages";
import { customerRoute } from "./route";

export const page = createLazyRoute("/customers/$key")({ component: Customer });

function Customer() {
  const t = useMessages(messages);
  const { key } = customerRoute.useParams();
  const search = customerRoute.useSearch();
  const data = useQuery(dataQuery);
  const asOf = search.asOf ?? lastDay(data.data);
  const kind = search.kind ?? "person";
  const profile = useQuery({
    queryKey: ["profile", key, kind, asOf],
    queryFn: ({ signal }) =>
      call(client.GET("/api/v1/profiles/{key}", { params: { path: { key }, query: { kind, as_of: asOf } }, signal })),
    enabled: data.data !== undefined || data.error !== null,
  });
  return (
    <LoadedPage title={t.one(key)} queries={[profile]}>
      {(p) => <Shown profile={p} asOf={asOf} />}
    </LoadedPage>
  );
}

function Shown({ profile: p, asOf }: { profile: Schema["Profile"]; asOf: string | undefined }) {
  const t = useMessages(messages);
  const f = useFormat();
  const terms = useTerms();
  const { key } = customerRoute.useParams();
  const search = customerRoute.useSearch();
  const navigate = customerRoute.useNavigate();
  const inside = p.segments.filter((s) => s.member);
  const explain = (why: string | undefined) => void navigate({ search: (s) => ({ ...s, why }), replace: true });
  return (
    <>
      <PageHeader
        title={t.one(key)}
        answer={
          p.in_population ? t.inSegments(key, inside.length, f.asOf(p.as_of)) : t.notInPopulation(key, f.asOf(p.as_of))
        }
        actions={
          <AsOf value={asOf} onChange={(v) => void navigate({ search: (s) => ({ ...s, asOf: v }), replace: true })} />
        }
      />
      <Section title={t.segments} aside={<span className={classes.quiet}>{t.segmentsHint}</span>}>
        {p.segments.length === 0 ? (
          <span className={classes.quiet}>{t.noSegments}</span>
        ) : (
          <div className={classes.segments}>
            {[...p.segments]
              .sort((a, b) => Number(b.member) - Number(a.member))
              .map((s) => (
                <button
                  key={s.name}
                  type="button"
                  className={classes.segment}
                  data-member={s.member}
                  aria-pressed={search.why === s.name}
                  title={s.problem}
                  onClick={() => explain(search.why === s.name ? undefined : s.name)}
                >
                  {s.member ? (
                    <IconCheck size={14} aria-label={t.member} />
                  ) : (
                    <IconX size={14} aria-label={t.noMember} />
                  )}
                  {s.name}
                </button>
              ))}
          </div>
        )}
      </Section>
      <WhyNot key={search.why ?? ""} profile={key} asOf={asOf} why={search.why} segments={p.segments} onAsk={explain} />
      <Columns wideSecond>
        <Section title={t.traits}>
          <dl className={classes.traits}>
            {p.company && (
              <>
                <dt>{t.company}</dt>
                <dd>
                  <Link to="/customers/$key" params={{ key: p.company }} search={{ kind: "company" }}>
                    {p.company}
                  </Link>
                </dd>
              </>
            )}
            <dt>{t.firstSeen}</dt>
            <dd>{shown(p.first_seen, f)}</dd>
            {p.traits.map((x) => (
              <TraitRow
                key={x.name}
                name={terms.term(x.name)}
                label={x.label}
                value={shown(terms.value(x.name, x.value), f, t.unknown)}
              />
            ))}
          </dl>
        </Section>
        <Section title={t.timeline}>
          <Timeline profile={key} kind={search.kind ?? "person"} asOf={asOf} />
        </Section>
      </Columns>
    </>
  );
}

function TraitRow({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <>
      <dt title={label}>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

/** WhyNot explains a segment or an expression for one customer: clause by clause, with what decided it. */
function WhyNot(props: {
  profile: string;
  asOf: string | undefined;
  why: string | undefined;
  segments: Schema["ProfileIn"][];
  onAsk: (why: string | undefined) => void;
}) {
  const t = useMessages(messages);
  const { profile, asOf, why, segments, onAsk } = props;
  const segment = segments.find((s) => s.name === why);
  const [text, setText] = useState(segment ? "" : (why ?? ""));
  const q = useQuery({
    queryKey: ["why", profile, asOf, why],
    queryFn: ({ signal }) =>
      call(
        client.POST("/api/v1/why", {
          body: {
            profile,
            ...(segment ? { segment: segment.name } : { expression: why ?? "" }),
            ...(asOf ? { as_of: asOf } : {}),
          },
          signal,
        }),
      ),
    enabled: why !== undefined,
  });
  return (
    <Section title={t.whyTitle}>
      <form
        className={classes.tools}
        onSubmit={(e) => {
          e.preventDefault();
          onAsk(text.trim() || undefined);
        }}
      >
        <TextInput
          className={classes.search}
          aria-label={t.whyAny}
          placeholder={t.whyPlaceholder}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={text.trim() === ""}>
          {t.ask}
        </Button>
      </form>
      {why !== undefined && (
        <Loaded query={q}>
          {(w) => (
            <div className={classes.why}>
              <p style={{ margin: "0 0 8px" }}>
                <b>{w.member ? t.isIn(segment?.name) : t.isNotIn(segment?.name)}</b>
                {!w.in_population && ` ${t.outside}`}
              </p>
              <ul className={classes.reasons}>
                <Reason reason={w.reason} />
              </ul>
            </div>
          )}
        </Loaded>
      )}
    </Section>
  );
}

/** counts are conditions whose value is how often something happened. */
const counts = /^did\s/;

function Reason({ reason: r }: { reason: Schema["Reason"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  return (
    <li>
      <div className={classes.reason}>
        {r.holds ? (
          <IconCheck size={16} className={classes.yes} aria-label={t.yes} />
        ) : (
          <IconX size={16} className={classes.no} aria-label={t.no} />
        )}
        <div>
          <code>{r.text}</code>
          {r.value !== undefined && r.value !== null && (
            <span className={classes.quiet}>
              {" "}
              {counts.test(r.text) ? t.happened(shown(r.value, f)) : t.is(shown(r.value, f))}
            </span>
          )}
          {r.unknown && <span className={classes.quiet}> {t.isUnknown}</span>}
          {r.miss && <span className={classes.miss}> {sentence(r.miss)}</span>}
          {(r.events ?? []).slice(0, 5).map((e, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: events have no name of their own
            <div key={i} className={classes.properties}>
              {e.type} {shown(e.time, f)} · {propertiesOf(e, f)}
            </div>
          ))}
          {(r.matched ?? 0) > 5 && (
            <div className={classes.properties}>{t.moreEvents(f.count((r.matched ?? 0) - 5))}</div>
          )}
        </div>
      </div>
      {r.clauses && r.clauses.length > 0 && (
        <ul>
          {r.clauses.map((c, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: clauses stand in their order
            <Reason key={i} reason={c} />
          ))}
        </ul>
      )}
    </li>
  );
}

function propertiesOf(e: Schema["Event"], f: ReturnType<typeof useFormat>): string {
  return Object.entries(e.properties)
    .slice(0, 6)
    .map(([name, v]) => `${name} ${shown(v, f)}`)
    .join(", ");
}

function Timeline({ profile, kind, asOf }: { profile: string; kind: "person" | "company"; asOf: string | undefined }) {
  const t = useMessages(messages);
  const f = useFormat();
  const q = useInfiniteQuery({
    queryKey: ["events", profile, kind, asOf],
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/profiles/{key}/events", {
          params: { path: { key: profile }, query: { kind, as_of: asOf, limit: 30, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next,
  });
  if (q.error && !q.data) return <ErrorState error={q.error} retry={q.refetch} />;
  if (!q.data) return <Loading lines={6} />;
  const events = q.data.pages.flatMap((p) => p.events);
  if (events.length === 0) return <Empty title={t.noEvents} />;
  return (
    <>
      <ol className={classes.timeline}>
        {events.map((e, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: events have no name of their own
          <li key={i}>
            <span className={classes.when}>{shown(e.time, f)}</span>
            {e.type}
            <div className={classes.properties}>{propertiesOf(e, f)}</div>
          </li>
        ))}
      </ol>
      {q.hasNextPage && (
        <Button variant="default" mt="sm" loading={q.isFetchingNextPage} onClick={() => void q.fetchNextPage()}>
          {t.earlier}
        </Button>
      )}
    </>
  );
}
