import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { everyone, type Node, type Tree } from "./tree";

/** What is being edited: the text, or the tree, whichever was touched last. */
type Source = { text: string } | { tree: Tree };

const nothing: Tree = { type: "expression", subject: "persons", root: everyone };

/**
 * useExpression keeps the two forms of an expression the same. The server reads one
 * and gives the other, so what is shown is what it understood.
 */
export function useExpression(initial: string) {
  const [source, setSource] = useState<Source>({ text: initial });
  const [asked] = useDebouncedValue(source, "text" in source ? 30 : 0);
  const empty = "text" in asked && asked.text.trim() === "";
  const checked = useQuery({
    queryKey: ["expression", asked],
    queryFn: ({ signal }) =>
      call(
        client.POST("/api/v1/expressions/check", {
          body: "text" in asked ? { text: asked.text } : { tree: asked.tree as never },
          signal,
        }),
      ),
    enabled: !empty,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const answer: Schema["Checked"] | undefined = empty ? undefined : checked.data;
  const settled = asked === source && !checked.isPlaceholderData && !checked.isFetching;

  const readable = useRef(nothing);
  const tree = useMemo<Tree>(() => {
    if ("tree" in source) return source.tree;
    const read = answer?.tree as unknown as Tree | undefined;
    // While a text cannot be read, the boxes stay as they were.
    if (read) readable.current = read;
    return empty ? nothing : readable.current;
  }, [source, answer, empty]);

  return {
    text: "text" in source ? source.text : (answer?.text ?? ""),
    tree,
    /** The text as the server prints it, if it is right and nothing is under way. */
    valid: settled && answer?.valid ? answer.text : undefined,
    empty: "text" in source && source.text.trim() === "",
    error: settled ? answer?.error : undefined,
    outline: settled || "tree" in source ? answer?.outline : undefined,
    failed: checked.error,
    setText: useCallback((text: string) => setSource({ text }), []),
    setRoot: useCallback(
      (root: Node) => setSource((s) => ({ tree: { ...("tree" in s ? s.tree : tree), root } })),
      [tree],
    ),
  };
}
