import { useCommon } from "../i18n/common";
import { DayInput } from "./DayInput";

/** AsOf chooses the day at whose end everything is looked at; empty is now. */
export function AsOf(props: {
  value: string | undefined;
  onChange: (v: string | undefined) => void;
  /** Whether its label stands above it, as in a form. */
  labelled?: boolean;
}) {
  const t = useCommon();
  return (
    <DayInput
      {...(props.labelled ? { label: t.asOfLabel } : { "aria-label": t.asOfLabel })}
      title={t.asOfHint}
      value={props.value ?? ""}
      onChange={(d) => props.onChange(d || undefined)}
      clearable
      clearButtonProps={{ "aria-label": t.asOfNow }}
      placeholder={t.asOfNow}
      w={170}
    />
  );
}
