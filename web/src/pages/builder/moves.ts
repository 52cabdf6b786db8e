import type { Node, Path } from "./tree";
import * as tree from "./tree";

/*
 * Where a condition can be taken to. A condition goes with the nots before it, so
 * places are of the outermost not: of the condition as one sees it.
 */

/** A place to put a condition: into a group before the clause of the index, or in one group with another. */
export type Target = { group: Path; index: number } | { beside: Path };

/** Ways that the keyboard takes. */
export type Way = "up" | "down" | "out" | "in";

/** Why a condition stays where it is. */
export type Stuck = "first" | "last" | "outermost" | "alone";

const parentOf = (path: Path) => path.slice(0, -1);

/** outermost is the place of a condition with the nots before it. */
export function outermost(root: Node, path: Path): Path {
  let at = path;
  while (at.length > 0 && tree.nodeAt(root, parentOf(at))?.type === "not") at = parentOf(at);
  return at;
}

/** within goes past the nots before a condition. */
function within(root: Node, path: Path): Path {
  let at = path;
  while (tree.nodeAt(root, at)?.type === "not") at = [...at, 0];
  return at;
}

function groupAt(root: Node, path: Path): { path: Path; size: number } | undefined {
  const at = within(root, path);
  const n = tree.nodeAt(root, at);
  return n && tree.isGroup(n) ? { path: at, size: tree.childrenOf(n).length } : undefined;
}

/** put takes a condition to a place. What cannot be leaves the tree as it is. */
export function put(root: Node, from: Path, to: Target): Node {
  if ("group" in to) return tree.move(root, from, to.group, to.index);
  const n = tree.nodeAt(root, from);
  const other = tree.nodeAt(root, to.beside);
  const above = tree.nodeAt(root, parentOf(to.beside));
  if (!n || !other || !above || tree.inside(to.beside, from) || tree.inside(from, to.beside)) return root;
  // Two that are alone together already would only change how they go together.
  const together = tree.samePath(parentOf(from), parentOf(to.beside));
  if (together && tree.childrenOf(above).length === 2) return root;
  const [first, last] = together && (from.at(-1) ?? 0) < (to.beside.at(-1) ?? 0) ? [n, other] : [other, n];
  const both: Node = { type: above.type === "or" ? "and" : "or", clauses: [first, last] };
  return tree.removeAt(tree.replaceAt(root, to.beside, both), from);
}

/** targetOf is where a way leads from a place, or why it leads nowhere. */
export function targetOf(root: Node, from: Path, way: Way): Target | Stuck {
  const index = from.at(-1);
  const group = parentOf(from);
  const parent = tree.nodeAt(root, group);
  if (index === undefined || !parent || !tree.isGroup(parent)) return "alone";
  const size = tree.childrenOf(parent).length;
  switch (way) {
    case "up":
      return index > 0 ? { group, index: index - 1 } : "first";
    case "down":
      return index < size - 1 ? { group, index: index + 2 } : "last";
    case "out": {
      const unit = outermost(root, group);
      const outer = unit.at(-1);
      return outer === undefined ? "outermost" : { group: parentOf(unit), index: outer + 1 };
    }
  }
  const before = index > 0 ? groupAt(root, [...group, index - 1]) : undefined;
  if (before) return { group: before.path, index: before.size };
  const after = index < size - 1 ? groupAt(root, [...group, index + 1]) : undefined;
  if (after) return { group: after.path, index: 0 };
  if (size < 3) return "alone";
  return { beside: [...group, index > 0 ? index - 1 : index + 1] };
}

/** pathOf finds a condition by itself, after the tree around it has changed. */
export function pathOf(root: Node, node: Node, at: Path = []): Path | undefined {
  if (root === node) return at;
  for (const [i, c] of tree.childrenOf(root).entries()) {
    const found = pathOf(c, node, [...at, i]);
    if (found) return found;
  }
  return undefined;
}
