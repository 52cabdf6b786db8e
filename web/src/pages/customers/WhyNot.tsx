import { Button, TextInput } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useLabel } from "../../format/label";
import { shown } from "../../format/value";
import { useMessages } from "../../i18n/language";
import { Section } from "../../parts/PageHeader";
import { Loaded, sentence } from "../../parts/states";
import classes from "./customers.module.css";
import { Properties } from "./EventLine";
import { messages } from "./messages";

/** WhyNot explains a segment or an expression for one customer: clause by clause, with what decided it. */
export function WhyNot(props: {
  profile: string;
  asOf: string | undefined;
  why: string | undefined;
  segments: Schema["ProfileIn"][];
  onAsk: (why: string | undefined) => void;
}) {
  const t = useMessages(messages);
  const f = useFormat();
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
              <p className={classes.verdict}>
                <b>{w.member ? t.isIn(segment?.name) : t.isNotIn(segment?.name)}</b>
                {!w.in_population && ` ${t.outside}`}
                {segment && (
                  <Link to="/segments/$name" params={{ name: segment.name }}>
                    {t.openSegment}
                  </Link>
                )}
              </p>
              <ul className={classes.reasons}>
                <Reason reason={w.reason} />
              </ul>
              {w.reason.lacks && w.reason.lacks.length > 0 && (
                <p className={classes.missing}>{t.lacks(f.list(w.reason.lacks))}</p>
              )}
            </div>
          )}
        </Loaded>
      )}
    </Section>
  );
}

/** events is how many events that decided a condition are shown. */
const events = 3;

/** counts are conditions whose value is how often something happened. */
const counts = /^did\s/;

function Reason({ reason: r }: { reason: Schema["Reason"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const label = useLabel();
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
          {(r.events ?? []).slice(0, events).map((e, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: events have no name of their own
            <div key={i} className={classes.decided}>
              {label(e.type)} <span className={classes.when}>{shown(e.time, f)}</span>
              <Properties values={e.properties} />
            </div>
          ))}
          {(r.matched ?? 0) > events && (
            <div className={classes.quiet}>{t.moreEvents(f.count((r.matched ?? 0) - events))}</div>
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
