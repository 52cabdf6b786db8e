import { memo } from "react";
import type { Schema } from "../../api/client";
import { useMessages } from "../../i18n/language";
import classes from "./builder.module.css";
import { EventFields, LastFields } from "./EventFields";
import { Choice, type Known, TestFields } from "./Fields";
import { type Field, formOf } from "./forms";
import { MeasureFields } from "./MeasureFields";
import { messages } from "./messages";
import { TextFields } from "./TextFields";
import type { Node } from "./tree";

/** What edits one plain condition. */
export interface LeafProps {
  node: Node;
  /** The condition as text, as far as it is known. */
  text: string | undefined;
  catalogue: Schema["Catalogue"];
  subject: string;
  known: Known;
  onChange: (n: Node) => void;
}

/**
 * Leaf edits one plain condition: with fields where there are some for it, else as text.
 * Counts come and go beside it; its fields are drawn again only if the condition changes.
 */
export const Leaf = memo(function Leaf(props: LeafProps) {
  switch (formOf(props.node, props.catalogue)) {
    case "trait":
      return (
        <TestFields
          node={props.node}
          fields={traitsOf(props.catalogue, props.subject)}
          known={props.known}
          onChange={props.onChange}
        />
      );
    case "event":
      return <EventFields {...props} />;
    case "measure":
      return <MeasureFields {...props} />;
    case "last":
      return <LastFields {...props} />;
    case "segment":
      return <SegmentFields {...props} />;
    default:
      return <TextFields {...props} />;
  }
});

/** traitsOf are the traits that conditions about the subject can test. */
export function traitsOf(c: Schema["Catalogue"], subject: string): Field[] {
  const kind = subject.includes("compan") ? "company" : "person";
  return [
    ...c.traits.filter((t) => t.kind === kind),
    { name: "profile.first_seen", label: "profile.first_seen", type: "instant" },
  ];
}

function SegmentFields({ node: n, catalogue, onChange }: LeafProps) {
  const t = useMessages(messages);
  const name = String(n.segment);
  const options = catalogue.segments.map((s) => ({ value: s.name, label: s.name }));
  if (!options.some((o) => o.value === name)) options.push({ value: name, label: name });
  return (
    <>
      <span className={classes.word}>{t.inSegment}</span>
      <Choice
        label={t.segment}
        value={name}
        options={options}
        onChange={(v) => onChange({ type: "in_segment", segment: v })}
        search
      />
    </>
  );
}
