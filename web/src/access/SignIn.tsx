import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { call, client, errorProblem } from "../api/client";
import type { Identity } from "../api/session";
import { da } from "../i18n/da/access";
import { en } from "../i18n/en/access";
import { catalogue, useMessages } from "../i18n/language";
import { sentence } from "../parts/states";

export const messages = catalogue(en, da);

/** SignIn asks for a name and a password. Name is who was signed in before. */
export function SignIn({ name: before = "", onDone }: { name?: string; onDone: (who: Identity) => void }) {
  const t = useMessages(messages);
  const [name, setName] = useState(before);
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => call(client.POST("/api/v1/session", { body: { name: name.trim(), password } })),
    onSuccess: onDone,
    onError: () => setPassword(""),
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (name.trim() && password) signIn.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t.name}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          required
          data-autofocus={before ? undefined : true}
        />
        <PasswordInput
          size="xs"
          label={t.password}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": t.showPassword }}
          required
          data-autofocus={before ? true : undefined}
        />
        {signIn.error && <Failure error={signIn.error} signIn />}
        <Button type="submit" size="sm" loading={signIn.isPending} fullWidth>
          {t.signIn}
        </Button>
      </Stack>
    </form>
  );
}

/** Failure says why a form was not taken. What is said often is said in the person's language. */
export function Failure({ error, signIn = false }: { error: unknown; signIn?: boolean }) {
  const t = useMessages(messages);
  const p = errorProblem(error);
  let title = sentence(p.detail);
  let hint = p.hint ? sentence(p.hint) : "";
  if (p.code === "unauthenticated") {
    // Elsewhere it means that the session has ended, and the page asks to sign in.
    if (!signIn) return null;
    title = t.wrong;
    hint = t.wrongHint;
  } else if (p.code === "throttled") {
    title = t.throttled;
    hint = t.throttledHint(p.wait ?? 1);
  } else if (p.code === "unavailable" && p.status === 0) {
    title = t.away;
    hint = "";
  }
  return (
    <Alert color="red" role="alert" title={title} p="xs">
      {hint}
    </Alert>
  );
}
