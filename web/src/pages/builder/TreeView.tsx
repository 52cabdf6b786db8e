import { Button } from "@mantine/core";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Schema } from "../../api/client";
import { useMessages } from "../../i18n/language";
import { AddMenu } from "./AddMenu";
import classes from "./builder.module.css";
import { Condition } from "./Condition";
import type { Counted } from "./counted";
import { DragArea } from "./Drag";
import type { Known } from "./Fields";
import { messages } from "./messages";
import * as moves from "./moves";
import { FoldedContext, type Shared, SharedContext } from "./shared";
import type { Node, Path } from "./tree";
import * as tree from "./tree";

const top: Path = [];

/** TreeView edits an expression as boxes of conditions. What each condition keeps stands beside it. */
export function TreeView(props: {
  root: Node;
  subject: string;
  outline: Schema["Outline"] | undefined;
  /** What the conditions do, in the shape of the tree; absent until it is counted. */
  clauses: Counted | undefined;
  catalogue: Schema["Catalogue"];
  known: Known;
  onChange: (root: Node) => void;
}) {
  const t = useMessages(messages);
  const { root, subject, catalogue, known } = props;
  const [said, say] = useState("");
  const now = useRef(props);
  now.current = props;
  const moved = useRef<Node | null>(null);

  const edit = useCallback<Shared["edit"]>((change) => {
    const before = now.current.root;
    const after = change(before);
    if (after === before) return;
    // A second change before the next drawing builds on the first.
    now.current = { ...now.current, root: after };
    now.current.onChange(after);
  }, []);
  const move = useCallback<Shared["move"]>(
    (from, to) => {
      const before = now.current.root;
      const target = typeof to === "string" ? moves.targetOf(before, from, to) : to;
      if (typeof target === "string") return say(t.stuck[target]);
      const node = tree.nodeAt(before, from);
      const after = moves.put(before, from, target);
      const at = node && moves.pathOf(after, node);
      if (after === before || !at) return say(t.stuck.nowhere);
      moved.current = node;
      edit(() => after);
      const group = tree.nodeAt(after, at.slice(0, -1));
      const type = group && tree.isGroup(group) ? (group.type as keyof typeof t.groups) : "and";
      const level = at.filter((_, i) => tree.isGroup(tree.nodeAt(after, at.slice(0, i)) ?? tree.everyone)).length;
      say(t.movedTo((at.at(-1) ?? 0) + 1, group ? tree.childrenOf(group).length : 1, t.groups[type], level));
    },
    [edit, t],
  );
  // What was moved keeps the focus, wherever it is now.
  useEffect(() => {
    const node = moved.current;
    moved.current = null;
    const at = node && moves.pathOf(root, node);
    if (!at) return;
    const frame = requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-handle="${at.join(".")}"]`)?.focus(),
    );
    return () => cancelAnimationFrame(frame);
  }, [root]);

  const shared = useMemo<Shared>(
    () => ({ subject, catalogue, known, root: () => now.current.root, edit, move, say }),
    [subject, catalogue, known, edit, move],
  );
  const [folded, setFolded] = useState<ReadonlySet<Node>>(new Set());
  const folding = useMemo(
    () => ({
      folded,
      toggle: (n: Node) => setFolded((was) => new Set(was.has(n) ? [...was].filter((x) => x !== n) : [...was, n])),
    }),
    [folded],
  );
  const groups = useMemo(() => groupsIn(root), [root]);
  return (
    <SharedContext value={shared}>
      <FoldedContext value={folding}>
        {groups.length > 2 && (
          <div className={classes.folding}>
            <Button variant="subtle" size="compact-xs" color="gray" onClick={() => setFolded(new Set(groups))}>
              {t.foldAll}
            </Button>
            <Button variant="subtle" size="compact-xs" color="gray" onClick={() => setFolded(new Set())}>
              {t.unfoldAll}
            </Button>
          </div>
        )}
        <DragArea>
          <Condition node={root} path={top} outline={props.outline} clause={props.clauses} />
          {!tree.isGroup(root) && <AddMenu path={top} />}
        </DragArea>
        <div className={classes.unseen} aria-live="polite" data-said>
          {said}
        </div>
      </FoldedContext>
    </SharedContext>
  );
}

/** groupsIn are the groups below the outermost condition. */
function groupsIn(root: Node): Node[] {
  const below = (n: Node): Node[] => tree.childrenOf(n).flatMap((c) => (tree.isGroup(c) ? [c, ...below(c)] : below(c)));
  return below(root);
}
