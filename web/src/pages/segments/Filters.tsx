import { Group, SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { messages } from "./messages";
import { type SegmentsSearch, segmentsRoute } from "./route";
import { type Status, statuses } from "./status";

/** Filters say which segments are listed; the address keeps them. */
export function Filters({ all, archived }: { all: Schema["Segment"][]; archived: number }) {
  const t = useMessages(messages);
  const f = useFormat();
  const search = segmentsRoute.useSearch();
  const navigate = segmentsRoute.useNavigate();
  const change = (next: SegmentsSearch) => void navigate({ search: { ...search, ...next }, replace: true });
  const owners = [...new Set(all.map((s) => s.owner))].filter(Boolean).sort((a, b) => a.localeCompare(b));
  return (
    <Group gap="xs" mb="sm">
      <TextInput
        leftSection={<IconSearch size={14} />}
        aria-label={t.filter}
        placeholder={t.filter}
        value={search.q ?? ""}
        onChange={(e) => change({ q: e.currentTarget.value || undefined })}
        w={240}
      />
      <Select
        aria-label={t.owner}
        placeholder={t.anyOwner}
        clearable
        data={[{ value: "-", label: t.noOwner }, ...owners.map((o) => ({ value: o, label: o }))]}
        value={search.owner ?? null}
        onChange={(v) => change({ owner: v ?? undefined })}
        w={160}
      />
      <Select
        aria-label={t.status}
        placeholder={t.anyStatus}
        clearable
        data={statuses.map((s) => ({ value: s, label: t.statuses[s] }))}
        value={search.status ?? null}
        onChange={(v) => change({ status: (v as Status | null) ?? undefined })}
        w={160}
      />
      {(archived > 0 || search.archived) && (
        <SegmentedControl
          aria-label={t.which}
          value={search.archived ?? "no"}
          onChange={(v) => change({ archived: v === "yes" ? "yes" : undefined })}
          data={[
            { value: "no", label: t.inUse(f.count(all.length)) },
            { value: "yes", label: t.away(f.count(archived)) },
          ]}
        />
      )}
    </Group>
  );
}
