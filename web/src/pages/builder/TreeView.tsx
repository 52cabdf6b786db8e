import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconBoxMultiple,
  IconDots,
  IconGripVertical,
  IconPlus,
  IconTrash,
} from "@tabler/icons-react";
import { createContext, type DragEvent, useContext, useState } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { sentence } from "../../parts/states";
import classes from "./builder.module.css";
import { Choice, type Known, NumberField } from "./Fields";
import { event, first, path as nameOf, number } from "./forms";
import { Leaf, traitsOf } from "./Leaf";
import { messages } from "./messages";
import type { Node, Path } from "./tree";
import * as tree from "./tree";

type Outline = Schema["Outline"];
type Clause = Schema["Clause"];

interface Shared {
  root: Node;
  subject: string;
  catalogue: Schema["Catalogue"];
  known: Known;
  change: (root: Node) => void;
  dragged: Path | null;
  setDragged: (p: Path | null) => void;
}

const Context = createContext<Shared | null>(null);

function useShared() {
  const value = useContext(Context);
  if (!value) throw new Error("TreeView is missing");
  return value;
}

/** TreeView edits an expression as boxes of conditions. What each condition keeps stands beside it. */
export function TreeView(props: {
  root: Node;
  subject: string;
  outline: Outline | undefined;
  /** What the conditions do, in the shape of the tree; absent until it is counted. */
  clauses: Clause | undefined;
  catalogue: Schema["Catalogue"];
  known: Known;
  onChange: (root: Node) => void;
}) {
  const [dragged, setDragged] = useState<Path | null>(null);
  const { root, subject, catalogue, known, onChange: change } = props;
  return (
    <Context value={{ root, subject, catalogue, known, change, dragged, setDragged }}>
      <Condition node={root} path={[]} outline={props.outline} clause={props.clauses} />
      {!tree.isGroup(root) && <AddMenu path={[]} />}
    </Context>
  );
}

interface Place {
  node: Node;
  path: Path;
  outline: Outline | undefined;
  clause: Clause | undefined;
}

function Condition(props: Place) {
  const { node } = props;
  if (tree.isGroup(node)) return <Group {...props} />;
  if (node.type === "not") return <Not {...props} />;
  return <Row {...props} />;
}

/** Bar shows what a condition alone keeps, drops and does not know. */
function Bar({ clause }: { clause: Clause | undefined }) {
  const t = useMessages(messages);
  const f = useFormat();
  if (!clause) return <span className={classes.bar} aria-hidden="true" />;
  const all = clause.keeps + clause.drops;
  const width = (n: number) => ({ width: `${all > 0 ? (100 * n) / all : 0}%` });
  const said = t.keeps(f.count(clause.keeps), f.count(clause.drops), f.count(clause.unknown));
  return (
    <Tooltip label={said}>
      <span className={classes.figures}>
        <span className={classes.bar} role="img" aria-label={said}>
          <span className={classes.keeps} style={width(clause.keeps)} />
          <span className={classes.unknown} style={width(clause.unknown)} />
        </span>
        <span className={classes.number}>{f.count(clause.keeps)}</span>
      </span>
    </Tooltip>
  );
}

function Row({ node, path, outline, clause }: Place) {
  const { catalogue, subject, known, root, change } = useShared();
  const t = useMessages(messages);
  return (
    <fieldset className={classes.leaf} aria-label={outline?.text ?? t.condition}>
      <Handle path={path} />
      <div className={classes.row}>
        {node.type === "everyone" ? (
          <span className={classes.word}>{t.everyone}</span>
        ) : (
          <Leaf
            node={node}
            text={outline?.text}
            catalogue={catalogue}
            subject={subject}
            known={known}
            onChange={(n) => change(tree.replaceAt(root, path, n))}
          />
        )}
        {outline?.error && (
          <div className={classes.problem} role="alert">
            {sentence(outline.error.message)}
            {outline.error.hint ? ` – ${outline.error.hint}` : ""}
          </div>
        )}
      </div>
      <Bar clause={clause} />
      <PlaceMenu path={path} node={node} />
    </fieldset>
  );
}

function Not({ node, path, outline, clause }: Place) {
  const t = useMessages(messages);
  return (
    <div className={classes.not}>
      <span className={classes.notWord}>{t.not}</span>
      <div className={classes.grow}>
        <Condition
          node={node.condition as Node}
          path={[...path, 0]}
          outline={outline?.clauses?.[0]}
          clause={clause?.clauses?.[0]}
        />
      </div>
    </div>
  );
}

function Group({ node, path, outline, clause }: Place) {
  const { root, change, dragged, setDragged } = useShared();
  const t = useMessages(messages);
  const children = tree.childrenOf(node);
  const type = node.type as "and" | "or" | "some_of";
  const drop = (index: number) => {
    if (dragged) change(tree.move(root, dragged, path, index));
    setDragged(null);
  };
  return (
    <fieldset className={classes.group} aria-label={t.groups[type]}>
      <div className={classes.groupHead}>
        <Handle path={path} />
        <Choice
          label={t.howTogether}
          value={type}
          options={[
            { value: "and", label: t.groups.and },
            { value: "or", label: t.groups.or },
            { value: "some_of", label: t.groups.some_of },
          ]}
          onChange={(v) => change(tree.setGroup(root, path, v))}
          width={150}
        />
        {type === "some_of" && (
          <>
            <NumberField
              label={t.howMany}
              min={1}
              value={node.n as number}
              width={56}
              onChange={(n) =>
                change(tree.setGroup(root, path, "some_of", Math.min(children.length, Math.max(1, Math.round(n)))))
              }
            />
            <span className={classes.word}>{t.ofThese}</span>
          </>
        )}
        <span className={classes.grow} />
        <Bar clause={clause} />
        <PlaceMenu path={path} node={node} />
      </div>
      <div className={classes.clauses}>
        {children.map((c, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition is known by its place
          <div key={i}>
            <Gap onDrop={() => drop(i)} word={i > 0 && type !== "some_of" ? t.between[type] : ""} />
            <Condition node={c} path={[...path, i]} outline={outline?.clauses?.[i]} clause={clause?.clauses?.[i]} />
          </div>
        ))}
        <Gap onDrop={() => drop(children.length)} word="" />
        <AddMenu path={path} />
      </div>
    </fieldset>
  );
}

/** Gap is between two conditions: where a dragged one can be put. */
function Gap({ onDrop, word }: { onDrop: () => void; word: string }) {
  const { dragged } = useShared();
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging has the menu beside each condition as its other way
    <div
      className={classes.gap}
      data-over={over || undefined}
      data-dragging={dragged !== null || undefined}
      onDragOver={(e: DragEvent) => {
        if (!dragged) return;
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e: DragEvent) => {
        e.preventDefault();
        setOver(false);
        onDrop();
      }}
    >
      {word}
    </div>
  );
}

function Handle({ path }: { path: Path }) {
  const { setDragged } = useShared();
  const t = useMessages(messages);
  if (path.length === 0) return null;
  return (
    <span
      className={classes.handle}
      title={t.drag}
      draggable
      aria-hidden="true"
      onDragStart={(e) => {
        e.dataTransfer.effectAllowed = "move";
        e.dataTransfer.setData("text/plain", "");
        setDragged(path);
      }}
      onDragEnd={() => setDragged(null)}
    >
      <IconGripVertical size={14} />
    </span>
  );
}

/** PlaceMenu is what can be done with a condition, also by keyboard. */
function PlaceMenu({ path, node }: { path: Path; node: Node }) {
  const { root, change } = useShared();
  const t = useMessages(messages);
  const index = path.at(-1);
  const above = path.slice(0, -1);
  const parent = index === undefined ? undefined : tree.nodeAt(root, above);
  const siblings = parent && tree.isGroup(parent) ? tree.childrenOf(parent).length : 0;
  const outer = above.slice(0, -1);
  const canLeave = above.length > 0 && siblings > 0 && tree.isGroup(tree.nodeAt(root, outer) ?? tree.everyone);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={t.placeMenu}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {siblings > 0 && index !== undefined && (
          <>
            <Menu.Item
              leftSection={<IconArrowUp size={14} />}
              disabled={index === 0}
              onClick={() => change(tree.move(root, path, above, index - 1))}
            >
              {t.moveUp}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowDown size={14} />}
              disabled={index === siblings - 1}
              onClick={() => change(tree.move(root, path, above, index + 2))}
            >
              {t.moveDown}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconBoxMultiple size={14} />}
              disabled={index === siblings - 1 || siblings < 2}
              onClick={() => change(tree.groupWithNext(root, path, parent?.type === "or" ? "and" : "or"))}
            >
              {t.groupWithNext}
            </Menu.Item>
            {canLeave && (
              <Menu.Item onClick={() => change(tree.move(root, path, outer, (above.at(-1) ?? 0) + 1))}>
                {t.moveOut}
              </Menu.Item>
            )}
          </>
        )}
        <Menu.Item onClick={() => change(tree.negate(root, path))}>
          {tree.nodeAt(root, above)?.type === "not" ? t.twiceNot : t.negate}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconTrash size={14} />}
          disabled={node.type === "everyone"}
          onClick={() => change(tree.removeAt(root, path))}
        >
          {t.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** AddMenu adds a condition to a group; on a plain condition it makes a group of both. */
function AddMenu({ path }: { path: Path }) {
  const { root, change, catalogue, subject, known } = useShared();
  const t = useMessages(messages);
  const add = (n: Node) => change(tree.addTo(root, path, n));
  const traits = traitsOf(catalogue, subject);
  const trait = traits[0];
  const action = catalogue.events.find((e) => /purchase|order|køb|ordre/.test(e.name)) ?? catalogue.events[0];
  const step = (name: string): Node => ({
    type: "step",
    events: event(name),
    count: { type: "count", op: "at_least", n: 1 },
  });
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button variant="default" leftSection={<IconPlus size={14} />} mt={4}>
          {t.add}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {trait && <Menu.Item onClick={() => add(first(trait, known.today))}>{t.addTrait}</Menu.Item>}
        {action && (
          <>
            <Menu.Item onClick={() => add({ type: "did", steps: [step(action.name)] })}>{t.addEvent}</Menu.Item>
            <Menu.Item
              onClick={() =>
                add({
                  type: "did",
                  not: true,
                  steps: [
                    { type: "step", events: event(action.name), window: { type: "within_last", n: 30, unit: "day" } },
                  ],
                })
              }
            >
              {t.addNoEvent}
            </Menu.Item>
            <Menu.Item
              onClick={() =>
                add({
                  type: "compare",
                  term: { type: "measure", agg: "count", events: event(action.name) },
                  op: ">=",
                  value: number(1),
                })
              }
            >
              {t.addMeasure}
            </Menu.Item>
            <Menu.Item
              onClick={() =>
                add({
                  type: "in_window",
                  term: { type: "last_event", events: event(action.name) },
                  window: { type: "more_than", n: 30, unit: "day" },
                })
              }
            >
              {t.addLast}
            </Menu.Item>
          </>
        )}
        {catalogue.segments[0] && (
          <Menu.Item onClick={() => add({ type: "in_segment", segment: catalogue.segments[0]?.name ?? "" })}>
            {t.addSegment}
          </Menu.Item>
        )}
        {trait && tree.isGroup(root) && (
          <Menu.Item
            onClick={() =>
              add({ type: "or", clauses: [first(trait, known.today), { type: "known", term: nameOf(trait.name) }] })
            }
          >
            {t.addGroup}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
