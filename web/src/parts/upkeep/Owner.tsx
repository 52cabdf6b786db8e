import { Autocomplete } from "@mantine/core";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { useMay } from "../../api/session";
import { useMessages } from "../../i18n/language";
import classes from "../parts.module.css";
import { messages } from "./messages";
import { useAssign, useOwners } from "./upkeep";

/** OwnerField asks for a person; those who answer for a segment already are offered. */
export function OwnerField(props: {
  label: string;
  value: string;
  onChange: (owner: string) => void;
  onDone?: (owner: string) => void;
  onCancel?: () => void;
  disabled?: boolean;
}) {
  const owners = useOwners();
  const { label, value, onChange, onDone, onCancel, disabled } = props;
  return (
    <Autocomplete
      size="xs"
      aria-label={label}
      data={owners}
      value={value}
      onChange={onChange}
      onOptionSubmit={onDone}
      onBlur={() => onDone?.(value)}
      onKeyDown={(e) => {
        if (e.key === "Enter" && onDone) {
          e.preventDefault();
          onDone(value);
        }
        if (e.key === "Escape") onCancel?.();
      }}
      maxLength={200}
      disabled={disabled}
      autoFocus
    />
  );
}

/** Owner shows who answers for a segment, and changes it in place. */
export function Owner({ segment: s }: { segment: Schema["Segment"] }) {
  const t = useMessages(messages);
  const assign = useAssign();
  const mayEdit = useMay("editor");
  const [value, setValue] = useState<string>();
  if (!mayEdit) return s.owner || <span className={classes.nobody}>{t.noOwner}</span>;
  if (value === undefined) {
    return (
      <button
        type="button"
        className={`${classes.inPlace} ${s.owner ? "" : classes.nobody}`}
        aria-label={t.changeOwner(s.name, s.owner || t.noOwner)}
        onClick={() => setValue(s.owner)}
      >
        {s.owner || t.noOwner}
      </button>
    );
  }
  return (
    <OwnerField
      label={t.ownerOf(s.name)}
      value={value}
      onChange={setValue}
      disabled={assign.isPending}
      onCancel={() => setValue(undefined)}
      onDone={(given) => {
        const owner = given.trim();
        if (assign.isPending) return;
        if (owner === s.owner) setValue(undefined);
        else assign.mutate({ segments: [s], owner }, { onSuccess: () => setValue(undefined) });
      }}
    />
  );
}
