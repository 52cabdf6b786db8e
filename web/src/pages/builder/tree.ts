/**
 * The tree of an expression as the API has it, changed without touching what was
 * there. A place in it is a path of indexes through the clauses of conditions.
 */
export interface Node {
  type: string;
  [field: string]: unknown;
}

export interface Tree {
  type: "expression";
  subject: string;
  root: Node;
}

export type Path = number[];

/** groups are conditions of conditions that are shown as boxes. */
export function isGroup(n: Node): boolean {
  return n.type === "and" || n.type === "or" || n.type === "some_of";
}

/** childrenOf are the clauses of a condition; none of a plain one. */
export function childrenOf(n: Node): Node[] {
  if (isGroup(n)) return n.clauses as Node[];
  if (n.type === "not") return [n.condition as Node];
  return [];
}

function withChildren(n: Node, children: Node[]): Node {
  return n.type === "not" ? { ...n, condition: children[0] } : { ...n, clauses: children };
}

export function nodeAt(root: Node, path: Path): Node | undefined {
  return path.reduce<Node | undefined>((n, i) => n && childrenOf(n)[i], root);
}

/** replaceAt puts a condition in the place of another. */
export function replaceAt(root: Node, path: Path, by: Node): Node {
  const [first, ...rest] = path;
  if (first === undefined) return by;
  return withChildren(
    root,
    childrenOf(root).map((c, i) => (i === first ? replaceAt(c, rest, by) : c)),
  );
}

export const everyone: Node = { type: "everyone" };

/** removeAt takes a condition out; a group left with one clause becomes that clause. */
export function removeAt(root: Node, path: Path): Node {
  const above = path.slice(0, -1);
  const index = path.at(-1);
  if (index === undefined) return everyone;
  const parent = nodeAt(root, above);
  if (!parent) return root;
  if (!isGroup(parent)) return removeAt(root, above);
  return tidyAt(replaceAt(root, above, withChildren(parent, without(childrenOf(parent), index))), above);
}

const without = (list: Node[], index: number) => list.filter((_, i) => i !== index);

/** tidyAt replaces a group of one clause by it, and one of none by nothing. */
function tidyAt(root: Node, path: Path): Node {
  const n = nodeAt(root, path);
  if (!n || !isGroup(n)) return root;
  const children = childrenOf(n);
  if (children.length === 0) return removeAt(root, path);
  if (children.length === 1 && children[0]) return replaceAt(root, path, children[0]);
  if (n.type === "some_of" && (n.n as number) > children.length) {
    return replaceAt(root, path, { ...n, n: children.length });
  }
  return root;
}

/** insertAt puts a condition into a group before the clause of the index. */
export function insertAt(root: Node, group: Path, index: number, n: Node): Node {
  const g = nodeAt(root, group);
  if (!g || !isGroup(g)) return root;
  const children = [...childrenOf(g)];
  children.splice(index, 0, n);
  return replaceAt(root, group, withChildren(g, children));
}

/** addTo adds a condition to a group, or makes a group of both where there is none. */
export function addTo(root: Node, path: Path, n: Node): Node {
  const at = nodeAt(root, path);
  if (!at || at.type === "everyone") return replaceAt(root, path, n);
  if (isGroup(at)) return insertAt(root, path, childrenOf(at).length, n);
  return replaceAt(root, path, { type: "and", clauses: [at, n] });
}

export const samePath = (a: Path, b: Path) => a.length === b.length && a.every((v, i) => v === b[i]);

/** inside reports whether a path is at or below another. */
export const inside = (path: Path, above: Path) => samePath(path.slice(0, above.length), above);

/** move takes a condition to a group, before the clause that now has the index. */
export function move(root: Node, from: Path, group: Path, index: number): Node {
  const n = nodeAt(root, from);
  const index0 = from.at(-1);
  if (!n || index0 === undefined || inside(group, from)) return root;
  const above = from.slice(0, -1);
  if (samePath(above, group) && (index === index0 || index === index0 + 1)) return root;
  // First in, then out, so that no group comes to be empty meanwhile; what stands behind moves up by one.
  let out = insertAt(root, group, index, n);
  const shifted = [...from];
  const level = group.length;
  if (from.length > level && inside(from, group) && (from[level] as number) >= index) {
    shifted[level] = (from[level] as number) + 1;
  }
  out = removeAt(out, shifted);
  return out;
}

/** negate puts not before a condition, or takes it away. */
export function negate(root: Node, path: Path): Node {
  const n = nodeAt(root, path);
  if (!n) return root;
  if (n.type === "not") return replaceAt(root, path, n.condition as Node);
  return replaceAt(root, path, { type: "not", condition: n });
}

/** setGroup changes how the clauses of a group go together; n is of "at least n of". */
export function setGroup(root: Node, path: Path, type: "and" | "or" | "some_of", n = 2): Node {
  const g = nodeAt(root, path);
  if (!g || !isGroup(g)) return root;
  const clauses = childrenOf(g);
  return replaceAt(root, path, type === "some_of" ? { type, op: "at_least", n, clauses } : { type, clauses });
}
