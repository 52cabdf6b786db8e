import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useLabel } from "../../format/label";
import { shown } from "../../format/value";
import classes from "./customers.module.css";

/** Properties shows what is known of an event as pairs of label and value; amounts in the workspace's currency. */
export function Properties(props: {
  values: Schema["Event"]["properties"];
  /** The property that says what the event was worth. */
  worth?: string;
  labels?: Map<string, string>;
}) {
  const f = useFormat();
  const label = useLabel();
  const entries = Object.entries(props.values);
  if (entries.length === 0) return null;
  return (
    <dl className={classes.pairs}>
      {entries.map(([name, v]) => (
        <div key={name}>
          <dt>{label(name, props.labels?.get(name))}</dt>
          <dd>{name === props.worth && typeof v === "number" ? f.money(v) : shown(v, f)}</dd>
        </div>
      ))}
    </dl>
  );
}
