import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Schema } from "../../api/client";
import { importsQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useLabel } from "../../format/label";
import { useTerms } from "../../format/terms";
import { shown } from "../../format/value";
import { useMessages } from "../../i18n/language";
import { Section } from "../../parts/PageHeader";
import classes from "./customers.module.css";
import { messages } from "./messages";

type Trait = Schema["ProfileTrait"];

/** groupOf says where a trait stands: what kreds or a model worked out, what may be done with the customer, or what is known. */
function groupOf(name: string): "known" | "scores" | "contact" {
  if (/^(rfm|score|value|typing|discovery)\./.test(name)) return "scores";
  return /^(consent|reachable|profiling)\./.test(name) ? "contact" : "known";
}

/** Traits shows what is known of a customer, each with since when and from where. */
export function Traits({ profile: p }: { profile: Schema["Profile"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const label = useLabel();
  const of = (group: string) => p.traits.filter((x) => groupOf(x.name) === group);
  const known = of("known").filter((x) => x.value !== null);
  const unknown = of("known").filter((x) => x.value === null);
  return (
    <>
      <Section title={t.traits}>
        <dl className={classes.traits}>
          {p.company && (
            <Row name={t.company}>
              <Link to="/customers/$key" params={{ key: p.company }} search={{ kind: "company" }}>
                {p.company}
              </Link>
            </Row>
          )}
          <Row name={label("profile.first_seen")}>
            {typeof p.first_seen === "string" ? f.date(p.first_seen) : t.unknown}
          </Row>
          {known.map((x) => (
            <TraitRow key={x.name} trait={x} />
          ))}
        </dl>
        {unknown.length > 0 && (
          <p className={classes.quiet}>{t.notKnown(f.list(unknown.map((x) => label(x.name, x.label))))}</p>
        )}
      </Section>
      {(["scores", "contact"] as const).map(
        (group) =>
          of(group).length > 0 && (
            <Section key={group} title={t.groups[group]}>
              <dl className={classes.traits}>
                {of(group).map((x) => (
                  <TraitRow key={x.name} trait={x} />
                ))}
              </dl>
            </Section>
          ),
      )}
    </>
  );
}

function Row({ name, title, children }: { name: string; title?: string; children: ReactNode }) {
  return (
    <div>
      <dt title={title}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function TraitRow({ trait: x }: { trait: Trait }) {
  const t = useMessages(messages);
  const f = useFormat();
  const label = useLabel();
  const terms = useTerms();
  const last = x.history.at(-1);
  const before = x.history.slice(0, -1).reverse();
  return (
    <Row name={label(x.name, x.label)} title={x.name}>
      {shown(terms.value(x.name, x.value), f, t.unknown)}
      {last && <Since observation={last} />}
      {before.length > 0 && (
        <details className={classes.before}>
          <summary>{t.before(before.length)}</summary>
          <ul>
            {before.map((o, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they stand in their order
              <li key={i}>
                {shown(terms.value(x.name, o.value), f)}
                <Since observation={o} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </Row>
  );
}

/** Since says from which day on a value has held, and which import brought it. */
function Since({ observation: o }: { observation: Schema["Observation"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const imports = useQuery(importsQuery);
  const from = imports.data?.imports.find((i) => i.id === o.import);
  const file = from?.files[0]?.split("/").pop();
  return (
    <span className={classes.since}>
      {typeof o.time === "string" ? t.since(f.date(o.time)) : t.undated}
      {" · "}
      <Link to="/data" search={{ tab: "imports" }} title={file && t.importOf(String(o.import), file)}>
        {file ?? t.importNo(String(o.import))}
      </Link>
    </span>
  );
}
