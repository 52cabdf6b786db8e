import { keepPreviousData, queryOptions, replaceEqualDeep, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { everyone, type Node, type Tree } from "./tree";

/** What is being edited: the text, or the tree, whichever was touched last. */
type Source = { text: string } | { tree: Tree };

/** What was, is, and was taken back; the nearest to now first in both lists. */
interface History {
  past: Source[];
  now: Source;
  future: Source[];
}

/** How many steps back are kept. */
const steps = 200;

/** Changes of the same kind that follow each other within so many milliseconds are one step. */
const together = 700;

/** useHistory keeps what is being edited, and the way back. */
function useHistory(initial: string) {
  const [history, setHistory] = useState<History>({ past: [], now: { text: initial }, future: [] });
  const last = useRef(Number.NEGATIVE_INFINITY);
  const change = useCallback((next: Source) => {
    const at = performance.now();
    const one = at - last.current < together;
    last.current = at;
    setHistory((h) => {
      const same = "text" in h.now === "text" in next;
      return {
        past: one && same && h.past.length > 0 ? h.past : [h.now, ...h.past].slice(0, steps),
        now: next,
        future: [],
      };
    });
  }, []);
  const undo = useCallback(() => {
    last.current = Number.NEGATIVE_INFINITY;
    setHistory((h) => {
      const [before, ...past] = h.past;
      return before ? { past, now: before, future: [h.now, ...h.future] } : h;
    });
  }, []);
  const redo = useCallback(() => {
    last.current = Number.NEGATIVE_INFINITY;
    setHistory((h) => {
      const [after, ...future] = h.future;
      return after ? { past: [h.now, ...h.past], now: after, future } : h;
    });
  }, []);
  return { ...history, change, undo, redo };
}

const nothing: Tree = { type: "expression", subject: "persons", root: everyone };

/** checkQuery reads what is being edited, and estimates how many match. */
const checkQuery = (source: Source, asOf: string | undefined) =>
  queryOptions({
    queryKey: ["expression", source, asOf],
    queryFn: ({ signal }) =>
      call(
        client.POST("/api/v1/expressions/check", {
          body: {
            ...("text" in source ? source : { tree: source.tree as never }),
            estimate: true,
            ...(asOf ? { as_of: asOf } : {}),
          },
          signal,
        }),
      ),
    staleTime: 30_000,
  });

const isEmpty = (source: Source) => "text" in source && source.text.trim() === "";

/**
 * useExpression keeps the two forms of an expression the same. The server reads one
 * and gives the other, so what is shown is what it understood. Steps back go through
 * both forms as they were edited. onChange is called before each change.
 */
export function useExpression(initial: string, asOf: string | undefined, onChange: () => void) {
  const { now: source, change: edit, past, future, undo, redo } = useHistory(initial);
  const queries = useQueryClient();
  const change = useCallback(
    (next: Source) => {
      onChange();
      // Asked before the page is drawn anew, so that the server works meanwhile.
      if (!isEmpty(next)) void queries.prefetchQuery(checkQuery(next, asOf));
      edit(next);
    },
    [edit, onChange, queries, asOf],
  );
  const empty = isEmpty(source);
  const checked = useQuery({ ...checkQuery(source, asOf), enabled: !empty, placeholderData: keepPreviousData });
  const answer: Schema["Checked"] | undefined = empty ? undefined : checked.data;
  // Asked again in the background, the answer is still that of this source.
  const settled = answer !== undefined && !checked.isPlaceholderData;

  const step = (take: () => void) => () => {
    onChange();
    take();
  };

  const readable = useRef(nothing);
  const tree = useMemo<Tree>(() => {
    if ("tree" in source) return source.tree;
    const read = answer?.tree as unknown as Tree | undefined;
    // While a text cannot be read, the boxes stay as they were.
    // What has not changed stays the same thing, so that only the rest is drawn again.
    if (read) readable.current = replaceEqualDeep(readable.current, read) as Tree;
    return empty ? nothing : readable.current;
  }, [source, answer, empty]);

  const shown = settled || "tree" in source ? answer?.outline : undefined;
  const outlined = useRef(shown);
  outlined.current = replaceEqualDeep(outlined.current, shown) as typeof shown;

  return {
    text: "text" in source ? source.text : (answer?.text ?? ""),
    tree,
    /** The text as the server prints it, if it is right and nothing is under way. */
    valid: settled && answer?.valid ? answer.text : undefined,
    /** How many match, if that was found out at once. */
    estimate: settled ? answer?.count : undefined,
    empty,
    error: settled ? answer?.error : undefined,
    outline: outlined.current,
    failed: checked.error,
    retry: checked.refetch,
    setText: useCallback((text: string) => change({ text }), [change]),
    setRoot: useCallback((root: Node) => change({ tree: { ...tree, root } }), [change, tree]),
    undo: past.length > 0 ? step(undo) : undefined,
    redo: future.length > 0 ? step(redo) : undefined,
  };
}
