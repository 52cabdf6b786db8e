import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { errorProblem } from "../api/client";
import { useCommon } from "../i18n/common";
import { sentence } from "./states";

/** useToast returns how to say shortly that something was done, with a way back where there is one, or failed. */
export function useToast() {
  const t = useCommon();
  return {
    done: (message: string, undo?: () => void) => {
      const id = notifications.show({
        message: (
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <Text size="sm">{message}</Text>
            {undo && (
              <Button
                variant="subtle"
                onClick={() => {
                  notifications.hide(id);
                  undo();
                }}
              >
                {t.undo}
              </Button>
            )}
          </Group>
        ),
        color: "teal",
        autoClose: undo ? 12_000 : 5000,
        closeButtonProps: { "aria-label": t.close },
      });
    },
    failed: (error: unknown, title?: string) => {
      const p = errorProblem(error);
      // The page asks to sign in.
      if (p.code === "unauthenticated") return;
      notifications.show({
        title: title ?? t.failed,
        message: p.hint ? `${sentence(p.detail)}. ${sentence(p.hint)}.` : sentence(p.detail),
        color: "red",
        autoClose: 15_000,
        closeButtonProps: { "aria-label": t.close },
        role: "alert",
      });
    },
  };
}
