import { Button } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import classes from "./customers.module.css";
import { messages } from "./messages";

type In = Schema["ProfileIn"];

/** nearest come first: of what is missing, the least. */
const nearest = (a: In, b: In) => (a.lacks?.length ?? 99) - (b.lacks?.length ?? 99) || a.name.localeCompare(b.name);

/** few is how many segments that somebody is not in are shown at first. */
const few = 6;

/** InSegments names the segments that a customer is in, and of the others what is missing, the nearest first. */
export function InSegments(props: {
  segments: In[];
  why: string | undefined;
  onAsk: (why: string | undefined) => void;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const [all, setAll] = useState(false);
  const { segments, why, onAsk } = props;
  if (segments.length === 0) return <span className={classes.quiet}>{t.noSegments}</span>;
  const inside = segments.filter((s) => s.member);
  const outside = segments.filter((s) => !s.member).sort(nearest);
  const ask = (s: In) => ({
    type: "button" as const,
    className: classes.segment,
    "data-member": s.member,
    "aria-pressed": why === s.name,
    title: t.askWhy(s.name),
    onClick: () => onAsk(why === s.name ? undefined : s.name),
  });
  return (
    <>
      {inside.length > 0 && (
        <div className={classes.segments}>
          {inside.map((s) => (
            <button key={s.name} {...ask(s)}>
              <IconCheck size={14} aria-label={t.member} />
              {s.name}
            </button>
          ))}
        </div>
      )}
      {outside.length > 0 && (
        <ul className={classes.outside} aria-label={t.notIn}>
          {outside.slice(0, all ? undefined : few).map((s) => (
            <li key={s.name}>
              <button {...ask(s)}>
                <IconX size={14} aria-label={t.noMember} />
                {s.name}
              </button>
              <span className={classes.lack}>
                {s.problem ?? (s.lacks && s.lacks.length > 0 ? t.lacks(f.list(s.lacks)) : "")}
              </span>
            </li>
          ))}
        </ul>
      )}
      {outside.length > few && !all && (
        <Button variant="subtle" size="compact-xs" onClick={() => setAll(true)}>
          {t.allOutside(f.count(outside.length))}
        </Button>
      )}
    </>
  );
}
