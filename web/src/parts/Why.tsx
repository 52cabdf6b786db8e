import { ActionIcon, Popover } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useCommon } from "../i18n/common";
import classes from "./parts.module.css";

/**
 * Why answers what stands behind a figure or a picture: its definition, of how
 * many, as of when. With children these are what is asked about; else a small
 * button is.
 */
export function Why({ about, text, children }: { about: string; text: ReactNode; children?: ReactNode }) {
  const t = useCommon();
  return (
    <Popover width={320} position="bottom" withArrow trapFocus returnFocus>
      <Popover.Target>
        {children === undefined ? (
          <ActionIcon aria-label={t.whyOf(about)} size="sm">
            <IconInfoCircle size={16} />
          </ActionIcon>
        ) : (
          <button type="button" className={classes.why} title={t.whyOf(about)}>
            {children}
          </button>
        )}
      </Popover.Target>
      <Popover.Dropdown className={classes.whyText}>{text}</Popover.Dropdown>
    </Popover>
  );
}
