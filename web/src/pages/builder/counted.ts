import { replaceEqualDeep } from "@tanstack/react-query";
import { useRef } from "react";
import type { Schema } from "../../api/client";
import { childrenOf, isGroup, type Node, type Tree } from "./tree";

type Clause = Schema["Clause"];

/** What a condition of the tree was found to do, if that still holds, and its conditions. */
export interface Counted {
  figures?: Clause;
  clauses?: Counted[];
}

/** useCounted keeps what each condition of a counted tree does, as long as it holds: a figure is of a condition alone, as of a day. */
export function useCounted(count: Schema["Count"] | undefined, tree: Tree, asOf: string | undefined) {
  const last = useRef<{ whole: Clause; tree: Tree; asOf: string | undefined }>(undefined);
  const shown = useRef<Counted>(undefined);
  const whole = count && wholeClause(count, tree.root);
  if (whole) last.current = { whole, tree, asOf };
  const was = last.current;
  const holds = was && was.asOf === asOf && was.tree.subject === tree.subject;
  // What stays the same is the same thing, so that only the rest is drawn again.
  shown.current = replaceEqualDeep(shown.current, holds ? stillTrue(was.whole, was.tree.root, tree.root) : undefined);
  return shown.current;
}

/** wholeClause is what the whole expression does, with its clauses, in the shape of the tree. */
function wholeClause(c: Schema["Count"], root: Node): Clause | undefined {
  if (!c.clauses) return undefined;
  const whole = isGroup(root) || root.type === "not";
  if (!whole) return c.clauses[0];
  return { text: c.expression, keeps: c.count, drops: c.population - c.count, unknown: 0, clauses: c.clauses };
}

const same = (a: Node, b: Node) => replaceEqualDeep(a, b) === a;

function stillTrue(figures: Clause, was: Node, is: Node): Counted {
  const before = childrenOf(was);
  return {
    figures: same(was, is) ? figures : undefined,
    clauses: childrenOf(is).map((n, i) => {
      const among = before.findIndex((b) => same(b, n));
      const at = among < 0 ? i : among;
      const [then, clause] = [before[at], figures.clauses?.[at]];
      return then && clause ? stillTrue(clause, then, n) : {};
    }),
  };
}
