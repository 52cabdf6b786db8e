import { Button, Checkbox, Group } from "@mantine/core";
import { IconArchive, IconArchiveOff, IconRefresh, IconUser } from "@tabler/icons-react";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { useMessages } from "../../i18n/language";
import { OwnerField } from "../../parts/upkeep/Owner";
import { useArchive, useAssign, useRefresh } from "../../parts/upkeep/upkeep";
import { messages } from "./messages";

interface Props {
  picked: Schema["Segment"][];
  found: Schema["Segment"][];
  onPick: (names: string[]) => void;
}

/** Bulk picks all that are listed, and does to those that are picked what can be done to several. */
export function Bulk({ picked, found, onPick }: Props) {
  const t = useMessages(messages);
  const refresh = useRefresh();
  const archive = useArchive();
  const assign = useAssign();
  const [owner, setOwner] = useState<string>();
  const names = picked.map((s) => s.name);
  const away = picked.some((s) => s.archived);
  const done = { onSuccess: () => onPick([]) };
  return (
    <Group gap="xs" mb="xs" mih={30}>
      <Checkbox
        label={names.length > 0 ? t.picked(names.length) : t.pickAll}
        checked={names.length === found.length}
        indeterminate={names.length > 0 && names.length < found.length}
        onChange={() => onPick(names.length === found.length ? [] : found.map((s) => s.name))}
      />
      {names.length > 0 && (
        <>
          {!away && (
            <Button
              variant="default"
              leftSection={<IconRefresh size={14} />}
              loading={refresh.isPending}
              onClick={() => refresh.mutate(names, done)}
            >
              {t.refresh}
            </Button>
          )}
          {owner === undefined ? (
            <Button variant="default" leftSection={<IconUser size={14} />} onClick={() => setOwner("")}>
              {t.assign}
            </Button>
          ) : (
            <OwnerField
              label={t.owner}
              value={owner}
              onChange={setOwner}
              onCancel={() => setOwner(undefined)}
              disabled={assign.isPending}
              onDone={(given) => {
                const name = given.trim();
                setOwner(undefined);
                if (name) assign.mutate({ segments: picked, owner: name }, done);
              }}
            />
          )}
          <Button
            variant="default"
            leftSection={away ? <IconArchiveOff size={14} /> : <IconArchive size={14} />}
            loading={archive.isPending}
            onClick={() => archive.mutate({ names, archived: !away }, done)}
          >
            {away ? t.restore : t.archive}
          </Button>
        </>
      )}
    </Group>
  );
}
