import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { createLazyRoute } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Card } from "../../access/Card";
import { minPassword, NewPassword } from "../../access/NewPassword";
import { Failure, messages } from "../../access/SignIn";
import { call, client } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { ErrorState, Loading } from "../../parts/states";

export const page = createLazyRoute("/join")({ component: Join });

/** Join uses a one-time link: the first account, an invitation, or a new password. */
function Join() {
  const t = useMessages(messages);
  const f = useFormat();
  const [code] = useState(() => window.location.hash.slice(1));
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const link = useQuery({
    queryKey: ["link", code],
    queryFn: ({ signal }) => call(client.POST("/api/v1/links/look", { body: { code }, signal })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const accept = useMutation({
    mutationFn: (first: boolean) =>
      call(client.POST("/api/v1/links/accept", { body: { code, password, ...(first ? { name: name.trim() } : {}) } })),
    onSuccess: () => window.location.replace("/"),
  });

  if (link.error) {
    return (
      <Card title={t.spentTitle}>
        {link.error instanceof Error && "problem" in link.error ? (
          <Text size="sm">{t.spentText}</Text>
        ) : (
          <ErrorState error={link.error} retry={link.refetch} />
        )}
      </Card>
    );
  }
  if (!link.data) {
    return (
      <Card title="kreds">
        <Loading lines={3} />
      </Card>
    );
  }
  const l = link.data;
  const first = l.purpose === "first";
  const ready = [...password.normalize("NFKC")].length >= minPassword && (!first || name.trim() !== "");
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (ready) accept.mutate(first);
  };
  return (
    <Card title={first ? t.joinFirst : l.purpose === "invite" ? t.joinInvite(l.name ?? "") : t.joinReset}>
      <Text size="sm" mb="md">
        {first
          ? t.joinFirstText
          : l.purpose === "invite"
            ? t.joinInviteText(t.roles[l.role] ?? l.role)
            : t.joinResetText(l.name ?? "")}
      </Text>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {first ? (
            <TextInput
              label={t.name}
              description={t.nameAdvice}
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              value={name}
              onChange={(e) => setName(e.currentTarget.value)}
              required
            />
          ) : (
            // Lets the browser's keeper of passwords know whose it is.
            <input type="hidden" name="username" autoComplete="username" value={l.name ?? ""} />
          )}
          <NewPassword value={password} onChange={setPassword} />
          {accept.error && <Failure error={accept.error} />}
          <Button type="submit" size="sm" loading={accept.isPending} disabled={!ready} fullWidth>
            {first ? t.makeAccount : t.setPassword}
          </Button>
          <Text size="xs" c="dimmed">
            {t.linkUntil(f.dateTime(l.expires))}
          </Text>
        </Stack>
      </form>
    </Card>
  );
}
