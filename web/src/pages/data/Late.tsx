import { TextInput } from "@mantine/core";
import { useState } from "react";

/** Late is a text field that tells of a change when it is left, or Enter is pressed. */
export function Late(props: {
  label: string;
  value: string;
  onChange: (v: string) => void;
  hidden?: boolean;
  placeholder?: string;
  width?: number;
  error?: string;
}) {
  const [text, setText] = useState<string>();
  const commit = () => {
    if (text !== undefined && text.trim() !== props.value) props.onChange(text.trim());
    setText(undefined);
  };
  return (
    <TextInput
      label={props.hidden ? undefined : props.label}
      aria-label={props.hidden ? props.label : undefined}
      w={props.width ?? (props.hidden ? 152 : undefined)}
      placeholder={props.placeholder}
      error={props.error}
      value={text ?? props.value}
      onChange={(e) => setText(e.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(e) => e.key === "Enter" && commit()}
    />
  );
}
