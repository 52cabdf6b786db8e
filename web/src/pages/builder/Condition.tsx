import { ActionIcon } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { memo, useCallback, useContext, useMemo } from "react";
import type { Schema } from "../../api/client";
import { useMessages } from "../../i18n/language";
import { sentence } from "../../parts/states";
import { AddMenu } from "./AddMenu";
import classes from "./builder.module.css";
import type { Counted } from "./counted";
import { Beside, Gap, Handle } from "./Drag";
import { Choice, NumberField } from "./Fields";
import { Figures } from "./Figures";
import { Leaf } from "./Leaf";
import { messages } from "./messages";
import { PlaceMenu } from "./PlaceMenu";
import { FoldedContext, useShared } from "./shared";
import type { Node, Path } from "./tree";
import * as tree from "./tree";

interface Place {
  node: Node;
  path: Path;
  outline: Schema["Outline"] | undefined;
  clause: Counted | undefined;
}

/** Inner is a condition without the nots before it; whole is it with them, as it is moved and counted. */
interface Inner extends Place {
  nots: number;
  whole: Place;
}

/** Condition is drawn again only if it or what is said of it has changed. */
export const Condition = memo(
  function Condition(whole: Place) {
    let inner: Place = whole;
    let nots = 0;
    while (inner.node.type === "not") {
      inner = {
        node: inner.node.condition as Node,
        path: [...inner.path, 0],
        outline: inner.outline?.clauses?.[0],
        clause: inner.clause?.clauses?.[0],
      };
      nots++;
    }
    const props = { ...inner, nots, whole };
    return tree.isGroup(inner.node) ? <Group {...props} /> : <Row {...props} />;
  },
  (a, b) => a.node === b.node && tree.samePath(a.path, b.path) && a.outline === b.outline && a.clause === b.clause,
);

function Nots({ count }: { count: number }) {
  const t = useMessages(messages);
  return Array.from({ length: count }, (_, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
    <span key={i} className={classes.notWord} data-not>
      {t.not}
    </span>
  ));
}

function Row({ node, path, outline, nots, whole }: Inner) {
  const { catalogue, subject, known, edit } = useShared();
  const t = useMessages(messages);
  const text = whole.outline?.text ?? t.condition;
  const change = useCallback((n: Node) => edit((root) => tree.replaceAt(root, path, n)), [edit, path]);
  return (
    <fieldset className={classes.leaf} aria-label={text} data-wrong={outline?.error ? true : undefined}>
      <Beside path={whole.path} />
      <Handle path={whole.path} text={text} />
      <div className={classes.row}>
        <Nots count={nots} />
        {node.type === "everyone" ? (
          <span className={classes.word}>{t.everyone}</span>
        ) : (
          <Leaf
            node={node}
            text={outline?.text}
            catalogue={catalogue}
            subject={subject}
            known={known}
            onChange={change}
          />
        )}
        {outline?.error && (
          <div className={classes.problem} role="alert">
            {sentence(outline.error.message)}
            {outline.error.hint ? ` – ${outline.error.hint}` : ""}
          </div>
        )}
      </div>
      <Figures clause={whole.clause?.figures} />
      <PlaceMenu path={whole.path} everyone={node.type === "everyone"} />
    </fieldset>
  );
}

function Group({ node, path, outline, clause, nots, whole }: Inner) {
  const { edit } = useShared();
  const { folded, toggle } = useContext(FoldedContext);
  const t = useMessages(messages);
  const children = tree.childrenOf(node);
  const paths = useMemo(() => children.map((_, i) => [...path, i]), [children, path]);
  const type = node.type as "and" | "or" | "some_of";
  const closed = path.length > 0 && folded.has(node);
  return (
    <fieldset className={classes.group} aria-label={t.groups[type]} data-group={type}>
      <div className={classes.groupHead}>
        <Handle path={whole.path} text={whole.outline?.text ?? t.groups[type]} />
        {path.length > 0 && (
          <ActionIcon
            size="sm"
            aria-label={closed ? t.unfold : t.fold}
            aria-expanded={!closed}
            onClick={() => toggle(node)}
          >
            {closed ? <IconChevronRight size={14} /> : <IconChevronDown size={14} />}
          </ActionIcon>
        )}
        <Nots count={nots} />
        <Choice
          label={t.howTogether}
          value={type}
          options={[
            { value: "and", label: t.groups.and },
            { value: "or", label: t.groups.or },
            { value: "some_of", label: t.groups.some_of },
          ]}
          onChange={(v) => edit((root) => tree.setGroup(root, path, v))}
        />
        {type === "some_of" && (
          <>
            <NumberField
              label={t.howMany}
              min={1}
              value={node.n as number}
              onChange={(n) =>
                edit((root) =>
                  tree.setGroup(root, path, "some_of", Math.min(children.length, Math.max(1, Math.round(n)))),
                )
              }
            />
            <span className={classes.word}>{t.ofThese}</span>
          </>
        )}
        <span className={classes.grow} />
        <Figures clause={whole.clause?.figures} />
        <PlaceMenu path={whole.path} everyone={false} />
      </div>
      {closed ? (
        <code className={classes.foldedText}>{outline?.text}</code>
      ) : (
        <div className={classes.clauses}>
          {children.map((c, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a condition is known by its place
            <div key={i}>
              <Gap group={path} index={i} word={i > 0 && type !== "some_of" ? t.between[type] : ""} />
              <Condition
                node={c}
                path={paths[i] ?? path}
                outline={outline?.clauses?.[i]}
                clause={clause?.clauses?.[i]}
              />
            </div>
          ))}
          <Gap group={path} index={children.length} word="" />
          <AddMenu path={path} />
        </div>
      )}
    </fieldset>
  );
}
