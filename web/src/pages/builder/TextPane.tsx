import { Textarea } from "@mantine/core";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { sentence } from "../../parts/states";
import classes from "./builder.module.css";
import { type Offer, offersOf, wordBefore } from "./completion";
import type { Frequent } from "./Fields";
import { messages } from "./messages";

/** TextPane edits the expression as text, with completion, and shows where it is wrong. */
export function TextPane(props: {
  text: string;
  error: Schema["ExpressionRef"] | undefined;
  catalogue: Schema["Catalogue"];
  values: (name: string, event: string | undefined) => Frequent[];
  onChange: (text: string) => void;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const { text, error, catalogue, values, onChange } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState(0);
  const list = useId();
  const offers = useMemo(
    () => (caret === null ? [] : offersOf(text, caret, catalogue, values)),
    [text, caret, catalogue, values],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text has other offers
  useEffect(() => setChosen(0), [text, caret]);
  const open = offers.length > 0;

  const accept = (o: Offer) => {
    if (caret === null) return;
    const { from, quoted } = wordBefore(text, caret);
    const insert = quoted && text[caret] !== '"' ? `${o.insert}"` : o.insert;
    const at = from + insert.length;
    onChange(text.slice(0, from) + insert + text.slice(caret));
    setCaret(null);
    requestAnimationFrame(() => area.current?.setSelectionRange(at, at));
  };

  return (
    <div className={classes.textPane}>
      <Textarea
        ref={area}
        label={t.text}
        labelProps={{ className: classes.paneLabel }}
        classNames={{ input: classes.code }}
        autosize
        minRows={3}
        maxRows={16}
        spellCheck={false}
        value={text}
        placeholder={t.textPlaceholder}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={list}
        aria-activedescendant={open ? `${list}-${chosen}` : undefined}
        aria-invalid={error !== undefined}
        onChange={(e) => {
          onChange(e.currentTarget.value);
          setCaret(e.currentTarget.selectionStart);
        }}
        onBlur={() => setCaret(null)}
        onKeyDown={(e) => {
          if (!open) return;
          if (e.key === "ArrowDown" || e.key === "ArrowUp") {
            e.preventDefault();
            setChosen((chosen + (e.key === "ArrowDown" ? 1 : offers.length - 1)) % offers.length);
          } else if (e.key === "Tab" || e.key === "Enter") {
            const o = offers[chosen];
            if (o) {
              e.preventDefault();
              accept(o);
            }
          } else if (e.key === "Escape") {
            e.stopPropagation();
            setCaret(null);
          }
        }}
      />
      <div id={list} role="listbox" aria-label={t.completions} className={classes.offers} hidden={!open}>
        {offers.map((o, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive: see above
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field handles the keys
          <div
            key={o.insert}
            id={`${list}-${i}`}
            role="option"
            aria-selected={i === chosen}
            className={classes.offer}
            onMouseDown={(e) => e.preventDefault()}
            onClick={() => accept(o)}
          >
            <code>{o.insert}</code>
            <span>
              {o.label ? `${o.label} · ` : ""}
              {o.share === undefined ? t.offerKinds[o.kind] : f.percent(o.share)}
            </span>
          </div>
        ))}
      </div>
      {error && (
        <div className={classes.problem} role="alert">
          {error.line && error.column ? <Where text={text} line={error.line} column={error.column} /> : null}
          {sentence(error.message)}
          {error.hint ? <div className={classes.hint}>{sentence(error.hint)}</div> : null}
        </div>
      )}
    </div>
  );
}

/** Where shows the line that is wrong with a mark under the place. */
function Where({ text, line, column }: { text: string; line: number; column: number }) {
  const all = [...(text.split("\n")[line - 1] ?? "")];
  const from = Math.max(0, column - 31);
  return (
    <pre className={classes.where} aria-hidden="true">
      {from > 0 ? "…" : ""}
      {all.slice(from, column + 29).join("")}
      {"\n"}
      {" ".repeat(column - 1 - from + (from > 0 ? 1 : 0))}^
    </pre>
  );
}
