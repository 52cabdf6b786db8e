import { NumberInput } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useMessages } from "../../i18n/language";
import { thresholdInputs } from "../../parts/thresholds";
import { messages } from "./Settings";

/** Thresholds are what proofs ask for; an empty field has the default. */
export function Thresholds(props: {
  value: Schema["Thresholds"];
  onChange: (v: Schema["Thresholds"]) => void;
  disabled: boolean;
}) {
  const t = useMessages(messages);
  const { value, onChange, disabled } = props;
  return thresholdInputs.map(({ key, criterion, percent, step, usual }) => {
    const times = percent ? 100 : 1;
    const now = value[key];
    return (
      <NumberInput
        key={key}
        label={t.criteria[criterion]}
        placeholder={`${usual * times}${percent ? " %" : ""}`}
        min={0}
        max={percent ? 100 : undefined}
        step={step}
        suffix={percent ? " %" : undefined}
        value={now ? Math.round(now * times * 100) / 100 : ""}
        onChange={(v) => onChange({ ...value, [key]: typeof v === "number" && v > 0 ? v / times : undefined })}
        disabled={disabled}
      />
    );
  });
}
