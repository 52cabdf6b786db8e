import { Button, Menu } from "@mantine/core";
import { IconDots, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useMay } from "../api/session";
import { useCommon } from "../i18n/common";
import { type Question, useConfirm } from "./confirm";

/** MoreMenu holds what is done seldom, and last, after a question, what takes something away. */
export function MoreMenu(props: { children?: ReactNode; remove: Omit<Question, "danger">; onRemove: () => void }) {
  const t = useCommon();
  const confirm = useConfirm();
  const editor = useMay("editor");
  const { children, remove, onRemove } = props;
  if (!editor && !children) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" px={8} aria-label={t.more}>
          <IconDots size={16} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {children}
        {editor && (
          <Menu.Item
            leftSection={<IconTrash size={14} />}
            color="red.8"
            onClick={async () => {
              if (await confirm({ ...remove, danger: true })) onRemove();
            }}
          >
            {remove.action}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
