import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { useLabel } from "../../format/label";
import { useMessages } from "../../i18n/language";
import { type Column, codeOf } from "./columns";
import classes from "./customers.module.css";
import { messages } from "./messages";

/** ColumnMenu chooses the columns of the list; undefined is the usual choice. */
export function ColumnMenu(props: { all: Column[]; shown: Column[]; onChange: (cols: string | undefined) => void }) {
  const t = useMessages(messages);
  const nameOf = useColumnLabel();
  const { all, shown, onChange } = props;
  const codes = shown.map(codeOf);
  const toggle = (code: string) =>
    onChange(
      all
        .map(codeOf)
        .filter((c) => (c === code ? !codes.includes(c) : codes.includes(c)))
        .join(","),
    );
  return (
    <Popover position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={14} />}>
          {t.columns}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8} className={classes.menu}>
          {all.map((c) => (
            <Checkbox
              key={codeOf(c)}
              label={nameOf(c)}
              checked={codes.includes(codeOf(c))}
              onChange={() => toggle(codeOf(c))}
            />
          ))}
          <Button variant="subtle" size="compact-xs" onClick={() => onChange(undefined)}>
            {t.usualColumns}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** useColumnLabel says what a column is called. */
export function useColumnLabel() {
  const t = useMessages(messages);
  const label = useLabel();
  return (c: Column) => ("figure" in c ? t.figures[c.figure] : label(c.trait.name, c.trait.label));
}
