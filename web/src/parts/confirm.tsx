import { Button, Group, Modal, Text } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { useCommon } from "../i18n/common";

export interface Question {
  title: string;
  /** What will happen, with numbers. */
  text: ReactNode;
  /** The button says what it does: "Delete 3 segments". */
  action: string;
  /** Whether it takes something away. */
  danger?: boolean;
}

const Context = createContext<((q: Question) => Promise<boolean>) | null>(null);

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const t = useCommon();
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState<{ question: Question; answer: (yes: boolean) => void } | null>(null);
  const ask = useCallback(
    (question: Question) =>
      new Promise<boolean>((answer) => {
        setAsked({ question, answer });
        setOpen(true);
      }),
    [],
  );
  const reply = (yes: boolean) => {
    asked?.answer(yes);
    setOpen(false);
  };
  return (
    <Context value={ask}>
      {children}
      <Modal
        opened={open}
        onClose={() => reply(false)}
        title={asked?.question.title}
        closeButtonProps={{ "aria-label": t.close }}
      >
        <Text size="sm" component="div">
          {asked?.question.text}
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => reply(false)}>
            {t.cancel}
          </Button>
          <Button color={asked?.question.danger ? "red.8" : undefined} onClick={() => reply(true)} data-autofocus>
            {asked?.question.action}
          </Button>
        </Group>
      </Modal>
    </Context>
  );
}

/** useConfirm asks once before what cannot be undone: `if (await confirm({…}))`. */
export function useConfirm() {
  const ask = useContext(Context);
  if (!ask) throw new Error("ConfirmProvider is missing");
  return ask;
}
