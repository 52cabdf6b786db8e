import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useMay } from "../api/session";
import { useCommon } from "../i18n/common";

/** Editors shows what only editors and admins may do. A viewer sees nothing, or, where something would be missed, why. */
export function Editors({ children, why }: { children: ReactNode; why?: boolean }) {
  const t = useCommon();
  if (useMay("editor")) return children;
  return why ? (
    <Text size="sm" c="dimmed">
      {t.editorsOnly}
    </Text>
  ) : null;
}
