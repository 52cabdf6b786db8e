import { PasswordInput } from "@mantine/core";
import { useMessages } from "../i18n/language";
import { messages } from "./SignIn";

/** How many characters a password needs at least, as the server says too. */
export const minPassword = 12;

/** NewPassword is the field for a password that is chosen. */
export function NewPassword({ value, onChange }: { value: string; onChange: (v: string) => void }) {
  const t = useMessages(messages);
  const short = value !== "" && [...value.normalize("NFKC")].length < minPassword;
  return (
    <PasswordInput
      size="xs"
      label={t.newPassword}
      description={t.passwordAdvice}
      name="new-password"
      autoComplete="new-password"
      value={value}
      onChange={(e) => onChange(e.currentTarget.value)}
      error={short ? t.tooShort(minPassword) : undefined}
      visibilityToggleButtonProps={{ "aria-label": t.showPassword }}
      required
    />
  );
}
