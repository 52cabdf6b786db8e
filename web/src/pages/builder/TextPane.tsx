import { Textarea } from "@mantine/core";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import type { Schema } from "../../api/client";
import { useMessages } from "../../i18n/language";
import { sentence } from "../../parts/states";
import classes from "./builder.module.css";
import type { Frequent } from "./Fields";
import { messages } from "./messages";

type Catalogue = Schema["Catalogue"];

/** Words of the language that completion offers. */
const keywords = [
  "and",
  "or",
  "not",
  "did",
  "did not",
  "where",
  "within last",
  "days",
  "weeks",
  "months",
  "between",
  "in",
  "in segment",
  "at least",
  "at most",
  "exactly",
  "times",
  "once",
  "twice",
  "then",
  "is known",
  "is unknown",
  "contains",
  "starts with",
  "sum",
  "avg",
  "count of",
  "count distinct",
  "first",
  "last",
  "more than",
  "ago",
  "in top",
  "everyone",
  "as of",
  "resumed",
  "joined segment",
  "left segment",
];

interface Offer {
  insert: string;
  kind: string;
}

/** wordBefore is what is being written at the caret: a name, or a text from its quote. */
export function wordBefore(text: string, caret: number): { word: string; from: number; quoted: boolean } {
  const before = text.slice(0, caret);
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1) {
    const from = before.lastIndexOf('"') + 1;
    return { word: before.slice(from), from, quoted: true };
  }
  const word = /[\p{L}\p{N}_.]*$/u.exec(before)?.[0] ?? "";
  return { word, from: caret - word.length, quoted: false };
}

const bare = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u;
const named = (name: string) => (bare.test(name) ? name : `\`${name.replaceAll("`", "``")}\``);

/** offersOf completes what is being written from the catalogue. */
export function offersOf(text: string, caret: number, c: Catalogue, values: (name: string) => Frequent[]): Offer[] {
  const { word, from, quoted } = wordBefore(text, caret);
  const lower = word.toLowerCase();
  const fits = (s: string) => s.toLowerCase().startsWith(lower) && s.toLowerCase() !== lower;
  if (quoted) {
    const before = text.slice(0, from - 1);
    if (/segment\s+$/i.test(before))
      return c.segments
        .map((s) => s.name)
        .filter(fits)
        .map((s) => ({ insert: s, kind: "segment" }));
    const name =
      /([\p{L}\p{N}_.]+)\s*(?:not\s+)?(?:=|!=|in\s*\([^()]*|contains|starts with|ends with|includes)\s*$/iu.exec(
        before,
      )?.[1];
    return name
      ? values(name)
          .filter((v) => fits(v.value))
          .slice(0, 8)
          .map((v) => ({ insert: v.value.replaceAll('"', '""'), kind: "value" }))
      : [];
  }
  if (word === "") return [];
  const all: Offer[] = [
    ...c.traits.map((t) => ({ insert: named(t.name), kind: "trait" })),
    ...c.events.map((e) => ({ insert: named(e.name), kind: "event" })),
    ...c.events.flatMap((e) => e.properties.map((p) => ({ insert: named(p.name), kind: "property" }))),
    ...keywords.map((k) => ({ insert: k, kind: "word" })),
  ];
  const seen = new Set<string>();
  return all.filter((o) => fits(o.insert) && !seen.has(o.insert) && seen.add(o.insert)).slice(0, 8);
}

/** TextPane edits the expression as text, with completion, and shows where it is wrong. */
export function TextPane(props: {
  text: string;
  error: Schema["ExpressionRef"] | undefined;
  catalogue: Catalogue;
  values: (name: string) => Frequent[];
  onChange: (text: string) => void;
}) {
  const t = useMessages(messages);
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
            <span>{t.offerKinds[o.kind]}</span>
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
