import { useQuery } from "@tanstack/react-query";
import { createLazyRoute, Link } from "@tanstack/react-router";
import { call, client, type Schema } from "../../api/client";
import { catalogueQuery, dataQuery } from "../../api/queries";
import { lastDay } from "../../api/span";
import { type Format, useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { AsOf } from "../../parts/AsOf";
import { LoadedPage } from "../../parts/LoadedPage";
import { Columns, PageHeader, Section } from "../../parts/PageHeader";
import { Loaded } from "../../parts/states";
import { called } from "./columns";
import classes from "./customers.module.css";
import { InSegments } from "./InSegments";
import { messages } from "./messages";
import { customerRoute } from "./route";
import { Timeline } from "./Timeline";
import { Traits } from "./Traits";
import { WhyNot } from "./WhyNot";

export const page = createLazyRoute("/customers/$key")({ component: Customer });

type Profile = Schema["Profile"];

function Customer() {
  const t = useMessages(messages);
  const { key } = customerRoute.useParams();
  const search = customerRoute.useSearch();
  const data = useQuery(dataQuery);
  const catalogue = useQuery(catalogueQuery);
  const asOf = search.asOf ?? lastDay(data.data);
  const kind = search.kind ?? "person";
  const profile = useQuery({
    queryKey: ["profile", key, kind, asOf],
    queryFn: ({ signal }) =>
      call(client.GET("/api/v1/profiles/{key}", { params: { path: { key }, query: { kind, as_of: asOf } }, signal })),
    enabled: data.data !== undefined || data.error !== null,
  });
  return (
    <LoadedPage title={t.one(key)} queries={[profile, catalogue]}>
      {(p, c) => <Shown profile={p} catalogue={c} asOf={asOf} />}
    </LoadedPage>
  );
}

function Shown(props: { profile: Profile; catalogue: Schema["Catalogue"]; asOf: string | undefined }) {
  const t = useMessages(messages);
  const f = useFormat();
  const { key } = customerRoute.useParams();
  const search = customerRoute.useSearch();
  const navigate = customerRoute.useNavigate();
  const { profile: p, catalogue, asOf } = props;
  const inside = p.segments.filter((s) => s.member);
  const explain = (why: string | undefined) => void navigate({ search: (s) => ({ ...s, why }), replace: true });
  return (
    <>
      <PageHeader
        title={t.one(key)}
        answer={p.in_population ? whoIs(p, f, t) : t.notInPopulation(key, f.asOf(p.as_of))}
        actions={
          <AsOf value={asOf} onChange={(v) => void navigate({ search: (s) => ({ ...s, asOf: v }), replace: true })} />
        }
      />
      <Definitions profile={p} />
      <Section
        title={t.segments}
        aside={<span className={classes.quiet}>{t.inSegments(key, inside.length, f.asOf(p.as_of))}</span>}
      >
        <InSegments segments={p.segments} why={search.why} onAsk={explain} />
      </Section>
      <WhyNot key={search.why ?? ""} profile={key} asOf={asOf} why={search.why} segments={p.segments} onAsk={explain} />
      <Columns wideSecond>
        <div>
          <Traits profile={p} />
          {p.kind === "company" && <Persons company={p.key} asOf={asOf} />}
        </div>
        <Section title={t.timeline}>
          <Timeline profile={p} kind={search.kind ?? "person"} asOf={asOf} catalogue={catalogue} />
        </Section>
      </Columns>
    </>
  );
}

/** nameOf is what a person or a company is called, where traits tell. */
function nameOf(p: Profile): string | undefined {
  const names = p.traits.filter((x) => called.test(x.name.toLowerCase()) && typeof x.value === "string" && x.value);
  const whole = names.find((x) => !/first|last|for|efter/.test(x.name.toLowerCase()));
  return whole ? String(whole.value) : names.map((x) => String(x.value)).join(" ") || undefined;
}

/** whoIs says in a sentence who somebody is: since when, what they bought, and when they were last there. */
function whoIs(p: Profile, f: Format, t: (typeof messages)["en"]): string {
  const who = nameOf(p) ?? p.key;
  const since = typeof p.first_seen === "string" ? f.date(p.first_seen) : undefined;
  const b = p.bought;
  const bought =
    b &&
    (b.count > 0 ? t.bought(f.count(b.count), b.value === undefined ? undefined : f.money(b.value)) : t.boughtNothing);
  const seen = [...p.events.map((e) => e.last), b?.last]
    .filter((v) => typeof v === "string")
    .sort()
    .at(-1);
  return t.whoIs(who, since, bought, seen ? f.date(seen) : undefined);
}

/** Definitions say what the numbers of the sentence are, and where they can be looked at. */
function Definitions({ profile: p }: { profile: Profile }) {
  const t = useMessages(messages);
  const f = useFormat();
  const b = p.bought;
  if (!b || !p.in_population) return null;
  return (
    <p className={classes.note}>
      {t.purchaseIs} <code>{b.of}</code>
      {b.term && (
        <>
          , {t.worthIs} <code>{b.term}</code>
        </>
      )}
      , {t.until(f.asOf(p.as_of))}
      {p.kind === "company" && `, ${t.withPersons}`}.{" "}
      {b.term && p.kind === "person" && (
        <Link to="/builder" search={{ text: `${b.term} >= ${Math.floor(b.value ?? 0)}` }}>
          {t.asMuch}
        </Link>
      )}
    </p>
  );
}

/** Persons lists those of a company who bought most. */
function Persons({ company, asOf }: { company: string; asOf: string | undefined }) {
  const t = useMessages(messages);
  const f = useFormat();
  const q = useQuery({
    queryKey: ["profiles", "of", company, asOf],
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/profiles", {
          params: {
            query: {
              company,
              as_of: asOf,
              figures: ["value", "last_purchase"],
              sort: "value",
              descending: true,
              limit: 5,
            },
          },
          signal,
        }),
      ),
  });
  return (
    <Section
      title={t.persons}
      aside={
        <Link to="/customers" search={{ company }}>
          {t.showAll}
        </Link>
      }
    >
      <Loaded query={q} lines={3}>
        {(page) =>
          page.total === 0 ? (
            <span className={classes.quiet}>{t.noPersons}</span>
          ) : (
            <dl className={classes.traits}>
              {page.profiles.map((r) => (
                <div key={r.key}>
                  <dt>
                    <Link to="/customers/$key" params={{ key: r.key }} search={{ asOf }}>
                      {r.key}
                    </Link>
                  </dt>
                  <dd>
                    {r.value === undefined ? "" : f.money(r.value)}
                    {typeof r.last_purchase === "string" && (
                      <span className={classes.quiet}> {t.lastAt(f.date(r.last_purchase))}</span>
                    )}
                  </dd>
                </div>
              ))}
            </dl>
          )
        }
      </Loaded>
    </Section>
  );
}
