import { Popover, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import classes from "./builder.module.css";
import { messages } from "./messages";
import { useShared } from "./shared";

/** Figures shows what a condition alone keeps, drops and does not know, and explains the numbers when asked. */
export function Figures({ clause }: { clause: Schema["Clause"] | undefined }) {
  const t = useMessages(messages);
  const f = useFormat();
  const { subject, known } = useShared();
  if (!clause) return <span className={classes.figures} aria-hidden="true" />;
  const all = clause.keeps + clause.drops;
  const width = (n: number) => ({ width: `${all > 0 ? (100 * n) / all : 0}%` });
  const text = subject === "persons" ? clause.text : `${subject}: ${clause.text}`;
  return (
    <Explained
      label={t.keeps(f.count(clause.keeps), f.count(clause.drops), f.count(clause.unknown))}
      text={clause.text}
      facts={[
        t.holdsFor(f.count(clause.keeps), f.count(all), f.percent(all > 0 ? clause.keeps / all : 0)),
        t.holdsNotFor(f.count(clause.drops), f.count(clause.unknown)),
        `${t.asOfDay(known.asOf ? f.date(known.asOf) : t.now)} ${t.exactly}`,
      ]}
      link={
        <Link to="/builder" search={{ text, asOf: known.asOf }} target="_blank">
          {t.lookAtThem}
        </Link>
      }
    >
      <span className={classes.bar} aria-hidden="true">
        <span className={classes.keeps} style={width(clause.keeps)} />
        <span className={classes.unknown} style={width(clause.unknown)} />
      </span>
      <span className={classes.number}>{f.count(clause.keeps)}</span>
    </Explained>
  );
}

/** Explained is a number that says, when it is asked, what it is the number of and how exact it is. */
export function Explained(props: {
  label?: string;
  text: string;
  facts: string[];
  link?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Popover width={340} position="bottom-end" withArrow shadow="sm" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={props.className ?? classes.figures} aria-label={props.label} title={props.label}>
          {props.children}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.explained}>
        <pre className={classes.preview}>{props.text}</pre>
        {props.facts.map((fact) => (
          <p key={fact}>{fact}</p>
        ))}
        {props.link}
      </Popover.Dropdown>
    </Popover>
  );
}
