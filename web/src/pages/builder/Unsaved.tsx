import { Button, Group } from "@mantine/core";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import type { Draft } from "../../parts/drafts";
import classes from "./builder.module.css";
import { messages } from "./messages";

/** Unsaved offers what was written before and not saved. */
export function Unsaved(props: { draft: Draft; onTake: (text: string) => void; onDiscard: () => void }) {
  const t = useMessages(messages);
  const f = useFormat();
  const { draft, onTake, onDiscard } = props;
  return (
    <section className={classes.unsaved} aria-label={t.unsaved}>
      <div className={classes.grow}>
        <b>{t.unsavedOf(f.dateTime(new Date(draft.at).toISOString()))}</b>
        <code className={classes.foldedText}>{draft.text}</code>
      </div>
      <Group gap="xs">
        <Button onClick={() => onTake(draft.text)}>{t.takeUp}</Button>
        <Button variant="default" onClick={onDiscard}>
          {t.discard}
        </Button>
      </Group>
    </section>
  );
}
