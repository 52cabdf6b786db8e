import type { ReactNode } from "react";
import classes from "./parts.module.css";

/** FormBox is a form with its frame; onSubmit stands for what its button does. */
export function FormBox({ onSubmit, children }: { onSubmit: () => void; children: ReactNode }) {
  return (
    <form
      className={classes.form}
      onSubmit={(e) => {
        e.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

/** FormFields sets fields beside each other, as many as there is room for. */
export function FormFields({ children }: { children: ReactNode }) {
  return <div className={classes.fields}>{children}</div>;
}
