import { ActionIcon, Menu } from "@mantine/core";
import {
  IconArrowBarLeft,
  IconArrowBarRight,
  IconArrowDown,
  IconArrowUp,
  IconBan,
  IconBoxMultiple,
  IconDots,
  IconTrash,
} from "@tabler/icons-react";
import { memo } from "react";
import { useMessages } from "../../i18n/language";
import { messages } from "./messages";
import * as moves from "./moves";
import { useShared } from "./shared";
import type { Path } from "./tree";
import * as tree from "./tree";

/** PlaceMenu is what can be done with a condition, also by keyboard and on a touch screen. */
export const PlaceMenu = memo(function PlaceMenu({ path, everyone }: { path: Path; everyone: boolean }) {
  const t = useMessages(messages);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon aria-label={t.placeMenu}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Items path={path} everyone={everyone} />
      </Menu.Dropdown>
    </Menu>
  );
});

const ways = [
  ["up", IconArrowUp, "↑"],
  ["down", IconArrowDown, "↓"],
  ["in", IconArrowBarRight, "→"],
  ["out", IconArrowBarLeft, "←"],
] as const;

/** Items are made when the menu opens, of the tree as it is then. */
function Items({ path, everyone }: { path: Path; everyone: boolean }) {
  const { root: now, edit, move } = useShared();
  const t = useMessages(messages);
  const root = now();
  const index = path.at(-1);
  const group = path.slice(0, -1);
  const parent = index === undefined ? undefined : tree.nodeAt(root, group);
  const size = parent && tree.isGroup(parent) ? tree.childrenOf(parent).length : 0;
  return (
    <>
      {index !== undefined && size > 0 && (
        <>
          {ways.map(([way, Icon, key]) => (
            <Menu.Item
              key={way}
              leftSection={<Icon size={14} />}
              rightSection={<kbd>Alt {key}</kbd>}
              disabled={typeof moves.targetOf(root, path, way) === "string"}
              onClick={() => move(path, way)}
            >
              {t.ways[way]}
            </Menu.Item>
          ))}
          <Menu.Item
            leftSection={<IconBoxMultiple size={14} />}
            disabled={index === size - 1 || size < 3}
            onClick={() => move(path, { beside: [...group, index + 1] })}
          >
            {t.groupWithNext}
          </Menu.Item>
        </>
      )}
      <Menu.Item leftSection={<IconBan size={14} />} onClick={() => edit((r) => tree.negate(r, path))}>
        {tree.nodeAt(root, path)?.type === "not" ? t.affirm : t.negate}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item
        leftSection={<IconTrash size={14} />}
        disabled={everyone}
        onClick={() => edit((r) => tree.removeAt(r, path))}
      >
        {t.remove}
      </Menu.Item>
    </>
  );
}
