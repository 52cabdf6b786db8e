import { Alert, Button, CopyButton, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useMessages } from "../../i18n/language";
import { messages } from "./Settings";
import classes from "./settings.module.css";

/** Secret shows a link or a token that is never shown again. */
export function Secret({
  title,
  text,
  secret,
  onClose,
}: {
  title: string;
  text: string;
  secret: string;
  onClose: () => void;
}) {
  const t = useMessages(messages);
  return (
    <Alert title={title} withCloseButton onClose={onClose} closeButtonLabel={t.hide} mb="md" role="note">
      <Text size="sm" mb="xs">
        {text}
      </Text>
      <div className={classes.secret}>
        <code>{secret}</code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            >
              {copied ? t.copied : t.copy}
            </Button>
          )}
        </CopyButton>
      </div>
    </Alert>
  );
}
