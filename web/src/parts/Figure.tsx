import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useCommon } from "../i18n/common";
import classes from "./parts.module.css";
import { Why } from "./Why";

/** What a figure is. */
export interface Meaning {
  definition: string;
  asOf?: string;
  /** Of how many it is, or was counted among. */
  n?: string;
  /** Between what it lies with 95 % confidence, or why it has none. */
  interval?: string;
  /** That gives it: a condition can be opened in the builder, a measure not. */
  expression?: string;
  condition?: boolean;
}

/** Figure is a number that can be asked: a click says what it is, as of when, of how many, how sure, and what gives it. */
export function Figure({ about, of, children }: { about: string; of: Meaning; children: ReactNode }) {
  const t = useCommon();
  const facts: [string, string | undefined][] = [
    [t.whyAsOf, of.asOf],
    [t.whyCounted, of.n],
    [t.whyInterval, of.interval],
  ];
  const text = (
    <>
      {of.definition}
      <dl className={classes.whyFacts}>
        {facts.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      {of.expression && <pre className={classes.whyExpression}>{of.expression}</pre>}
      {of.expression && of.condition && (
        <Link to="/builder" search={{ text: of.expression }} className={classes.whyLink}>
          {t.whyBuilder}
        </Link>
      )}
    </>
  );
  return (
    <Why about={about} text={text}>
      {children}
    </Why>
  );
}
