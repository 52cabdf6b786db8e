import { ActionIcon, Group, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useFormat } from "../format/format";
import { useCommon } from "../i18n/common";

/** Pager says which of all rows are shown, and goes to the page before and after. Pages count from 1. */
export function Pager(props: { page: number; size: number; total: number; onPage: (page: number) => void }) {
  const t = useCommon();
  const f = useFormat();
  const { page, size, total, onPage } = props;
  const last = Math.max(1, Math.ceil(total / size));
  if (total === 0 || (last === 1 && page === 1)) return null;
  const from = (page - 1) * size + 1;
  return (
    <Group component="nav" gap="xs" mt="sm" aria-label={t.pages}>
      <ActionIcon variant="default" aria-label={t.pageBefore} disabled={page <= 1} onClick={() => onPage(page - 1)}>
        <IconChevronLeft size={16} />
      </ActionIcon>
      <Text size="sm">
        {from > total
          ? t.pageBeyond(f.count(page))
          : t.rowsShown(f.count(from), f.count(Math.min(total, from + size - 1)), f.count(total))}
      </Text>
      <ActionIcon variant="default" aria-label={t.pageAfter} disabled={page >= last} onClick={() => onPage(page + 1)}>
        <IconChevronRight size={16} />
      </ActionIcon>
    </Group>
  );
}
