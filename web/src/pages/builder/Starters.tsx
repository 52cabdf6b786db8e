import { UnstyledButton } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { settingsQuery } from "../../api/queries";
import { estimateQuery } from "../../api/questions";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import classes from "./builder.module.css";
import { messages } from "./messages";
import { type Starter, startersOf } from "./startersOf";

/** Starters offers ways to begin, each with how many it holds for; those that hold for nobody are left out. */
export function Starters(props: {
  data: Schema["Data"];
  asOf: string | undefined;
  onChoose: (expression: string) => void;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const settings = useQuery(settingsQuery);
  const { data, asOf, onChoose } = props;
  const all = useMemo(
    () => (settings.isPending ? [] : startersOf(data, settings.data?.value)),
    [data, settings.isPending, settings.data],
  );
  // Asked of the server, which refuses what the data has not.
  const counts = useQueries({ queries: all.map((s) => ({ ...estimateQuery(s.text, asOf), retry: false })) });
  const there = all.flatMap((s, i) => {
    const c = counts[i]?.data;
    return c && c.count > 0 ? [{ ...s, count: c }] : [];
  });
  if (there.length === 0) return null;
  return (
    <section aria-label={t.starters} className={classes.starters}>
      <h2>{t.starters}</h2>
      <ul>
        {there.map((s) => (
          <li key={s.text}>
            <UnstyledButton className={classes.starter} onClick={() => onChoose(s.text)}>
              <b>{sentenceOf(s, t)}</b>
              <code>{s.text}</code>
              <span>
                {s.count.estimate && s.count.estimate.low !== s.count.estimate.high
                  ? t.startersAbout(f.count(s.count.count))
                  : t.startersCount(f.count(s.count.count))}
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

function sentenceOf(s: Starter, t: (typeof messages)["en"]): string {
  const span = s.span ? `${s.span.n} ${t.units[s.span.unit]}` : "";
  switch (s.kind) {
    case "recent":
      return s.event ? t.starter.recentEvent(s.event, span) : t.starter.recent(span);
    case "quiet":
      return s.event ? t.starter.quietEvent(s.event, span) : t.starter.quiet(span);
    case "often":
      return s.event ? t.starter.oftenEvent(s.event) : t.starter.often;
    case "best":
      return t.starter.best;
    case "bestQuiet":
      return s.event ? t.starter.bestQuietEvent(s.event, span) : t.starter.bestQuiet(span);
    case "common":
      return t.starter.common(s.trait ?? "", s.value ?? "");
  }
  return t.starter.reachable;
}
