import { type ReactNode, useEffect } from "react";
import classes from "./parts.module.css";

/**
 * PageHeader opens a page: its name, small, and what it knows as a sentence
 * with numbers. While the answer is not there yet, give none.
 */
export function PageHeader({ title, answer, actions }: { title: string; answer?: ReactNode; actions?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · kreds`;
  }, [title]);
  return (
    <header className={classes.header}>
      <div>
        <h1 className={classes.title} tabIndex={-1}>
          {title}
        </h1>
        <p className={classes.answer} aria-live="polite">
          {answer ?? "\u00a0"}
        </p>
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}

/** Section is a part of a page with a heading. */
export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Columns puts two parts beside each other where there is room; the second may be the wider one. */
export function Columns({ children, wideSecond }: { children: ReactNode; wideSecond?: boolean }) {
  return (
    <div className={classes.columns} data-wide-second={wideSecond || undefined}>
      {children}
    </div>
  );
}
