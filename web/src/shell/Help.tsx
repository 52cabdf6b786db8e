import { Group, Modal, Stack, Text } from "@mantine/core";
import { useCommon } from "../i18n/common";
import classes from "./shell.module.css";
import { useShortcuts } from "./shortcuts";

/** Help lists what keys do on this page. */
export function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useCommon();
  const shortcuts = useShortcuts();
  const all = [...shortcuts, { keys: "Esc", label: t.shortcutClose }];
  return (
    <Modal opened={opened} onClose={onClose} title={t.shortcuts} closeButtonProps={{ "aria-label": t.close }}>
      <Stack gap={8}>
        {all.map((s) => (
          <Group key={s.keys} justify="space-between">
            <Text size="sm">{s.label}</Text>
            <Group gap={4}>
              {s.keys.split(" ").map((k, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the keys of one shortcut never change
                <kbd key={i} className={classes.key}>
                  {k}
                </kbd>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
