import { createContext, useContext } from "react";
import type { Schema } from "../../api/client";
import type { Known } from "./Fields";
import type { Target, Way } from "./moves";
import type { Node, Path } from "./tree";

/**
 * What all parts of the tree share. It stays the same while the expression is
 * edited, so that only what has changed is drawn again.
 */
export interface Shared {
  subject: string;
  catalogue: Schema["Catalogue"];
  known: Known;
  /** The tree as it is now. */
  root: () => Node;
  edit: (change: (root: Node) => Node) => void;
  /** Takes a condition to a place or a way, says where it went, and keeps it in focus. */
  move: (from: Path, to: Target | Way) => void;
  /** Says something to those who do not see it. */
  say: (text: string) => void;
}

export const SharedContext = createContext<Shared | null>(null);

export function useShared(): Shared {
  const value = useContext(SharedContext);
  if (!value) throw new Error("TreeView is missing");
  return value;
}

/** Groups that are folded up. */
export const FoldedContext = createContext<{ folded: ReadonlySet<Node>; toggle: (n: Node) => void }>({
  folded: new Set(),
  toggle: () => {},
});
