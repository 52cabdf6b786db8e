import { Group, TextInput } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { useCommon } from "../i18n/common";

/** AsOf chooses the day at whose end everything is looked at; empty is now. */
export function AsOf({ value, onChange }: { value: string | undefined; onChange: (v: string | undefined) => void }) {
  const t = useCommon();
  return (
    <Group gap={6} wrap="nowrap">
      <TextInput
        type="date"
        aria-label={t.asOfLabel}
        title={t.asOfHint}
        leftSection={<IconCalendar size={14} />}
        value={value?.slice(0, 10) ?? ""}
        onChange={(e) => onChange(e.currentTarget.value || undefined)}
        w={160}
      />
    </Group>
  );
}
