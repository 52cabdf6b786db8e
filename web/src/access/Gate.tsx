import { Modal, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { type Identity, sessionEnded, sessionQuery, useSessionEnded } from "../api/session";
import { useLanguage, useMessages } from "../i18n/language";
import { ErrorState, Loading } from "../parts/states";
import { Card } from "./Card";
import { messages, SignIn } from "./SignIn";

/**
 * Gate shows the pages to who may see them. Where a session ends meanwhile, it
 * asks to sign in over the page, which stays as it is: nothing that was typed
 * is lost.
 */
export function Gate({ children }: { children: ReactNode }) {
  const t = useMessages(messages);
  const session = useQuery(sessionQuery);
  const ended = useSessionEnded();
  const queries = useQueryClient();
  const before = useRef<Identity | null>(null);

  const { suggest } = useLanguage();

  const who = session.data;
  const language = who?.language;
  useEffect(() => {
    if (language === "en" || language === "da") suggest(language);
  }, [language, suggest]);
  if (!who) {
    return (
      <Card title="kreds">
        {session.error ? <ErrorState error={session.error} retry={session.refetch} /> : <Loading lines={2} />}
      </Card>
    );
  }
  const known = who.via !== "none";
  // Somebody else, who signed in here or in another tab, must not see what the one before had open.
  if (known && before.current && before.current.name !== who.name) {
    window.location.reload();
    return null;
  }
  if (known && !ended) before.current = who;

  const done = (now: Identity) => {
    queries.setQueryData(sessionQuery.queryKey, now);
    if (before.current && before.current.name !== now.name) return;
    sessionEnded(false);
    void queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "session" });
  };

  if (!known && !before.current) {
    if (who.first) {
      return (
        <Card title={t.firstTitle}>
          <Text size="sm">{t.firstText}</Text>
        </Card>
      );
    }
    return (
      <Card title={t.signInTitle}>
        <SignIn onDone={done} />
        <Text size="xs" c="dimmed" mt="md">
          {t.forgotten}
        </Text>
      </Card>
    );
  }
  return (
    <>
      {children}
      <Modal
        opened={ended || !known}
        onClose={() => undefined}
        withCloseButton={false}
        closeOnEscape={false}
        closeOnClickOutside={false}
        title={t.endedTitle}
        centered
      >
        <Text size="sm" mb="md">
          {t.endedText}
        </Text>
        <SignIn name={before.current?.name} onDone={done} />
      </Modal>
    </>
  );
}
