import { ActionIcon, Menu, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconLanguage, IconMoon, IconSun } from "@tabler/icons-react";
import { useCommon } from "../i18n/common";
import { type Language, useLanguage } from "../i18n/language";

const blank = <span style={{ display: "inline-block", width: 14 }} />;
const mark = (on: boolean) => (on ? <IconCheck size={14} /> : blank);

/** LanguageMenu changes the language of the pages. Each language is named in itself. */
export function LanguageMenu() {
  const t = useCommon();
  const { language, setLanguage } = useLanguage();
  const languages: [Language, string][] = [
    ["en", "English"],
    ["da", "Dansk"],
  ];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t.language} title={t.language}>
          <IconLanguage size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map(([l, name]) => (
          <Menu.Item key={l} lang={l} leftSection={mark(language === l)} onClick={() => setLanguage(l)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** ThemeMenu changes between light and dark. */
export function ThemeMenu() {
  const t = useCommon();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t.theme} title={t.theme}>
          {colorScheme === "dark" ? <IconMoon size={18} /> : <IconSun size={18} />}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(
          [
            ["light", t.light],
            ["dark", t.dark],
            ["auto", t.system],
          ] as const
        ).map(([scheme, name]) => (
          <Menu.Item key={scheme} leftSection={mark(colorScheme === scheme)} onClick={() => setColorScheme(scheme)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
