import { type ReactNode, useEffect } from "react";
import { Logo } from "../shell/Logo";
import { LanguageMenu, ThemeMenu } from "../shell/Preferences";
import classes from "./access.module.css";

/** Card is a page without navigation, for who is not signed in. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = title === "kreds" ? title : `${title} · kreds`;
  }, [title]);
  return (
    <main className={classes.page}>
      <div className={classes.tools}>
        <LanguageMenu />
        <ThemeMenu />
      </div>
      <div className={classes.card}>
        <div className={classes.brand}>
          <Logo />
          kreds
        </div>
        <h1 className={classes.title}>{title}</h1>
        {children}
      </div>
    </main>
  );
}
