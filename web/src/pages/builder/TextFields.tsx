import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { call, client, errorProblem } from "../../api/client";
import { useMessages } from "../../i18n/language";
import { sentence } from "../../parts/states";
import classes from "./builder.module.css";
import type { LeafProps } from "./Leaf";
import { messages } from "./messages";
import type { Node } from "./tree";

/** TextFields edit a condition as text; what cannot be read changes nothing and says why. */
export function TextFields({ text, onChange, node }: LeafProps) {
  const t = useMessages(messages);
  const [value, setValue] = useState(text ?? "");
  const [problem, setProblem] = useState("");
  const kept = useRef(text ?? "");
  useEffect(() => {
    if (text === undefined) return;
    kept.current = text;
    setValue(text);
    setProblem("");
  }, [text]);
  const take = async () => {
    const wanted = value.trim();
    if (wanted === kept.current || wanted === "") return;
    try {
      const e = await call(client.POST("/api/v1/expressions/parse", { body: { text: wanted } }));
      setProblem("");
      const tree = e.tree as unknown as { root: Node };
      onChange(tree.root);
    } catch (err) {
      setProblem(sentence(errorProblem(err).detail));
    }
  };
  return (
    <TextInput
      className={classes.grow}
      classNames={{ input: classes.code }}
      aria-label={t.asText}
      value={value}
      placeholder={node.type === "everyone" ? t.everyone : undefined}
      error={problem || undefined}
      onChange={(e) => setValue(e.currentTarget.value)}
      onBlur={() => void take()}
      onKeyDown={(e) => {
        if (e.key === "Enter") void take();
        if (e.key === "Escape") setValue(kept.current);
      }}
    />
  );
}
