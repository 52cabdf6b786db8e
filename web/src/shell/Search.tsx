import { Modal, Text, TextInput } from "@mantine/core";
import { IconCirclesRelation, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { segmentsQuery } from "../api/queries";
import { useCommon } from "../i18n/common";
import { nav } from "./nav";
import classes from "./shell.module.css";

interface Found {
  id: string;
  group: string;
  label: string;
  icon: ReactNode;
  open: () => void;
}

/** Search finds pages and segments by name, with the keyboard alone. */
export function Search({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useCommon();
  const went = useRef(false);
  if (opened) went.current = false;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      returnFocus={!went.current}
      withCloseButton={false}
      padding="xs"
      size="lg"
      yOffset="12vh"
      title={t.search}
      styles={hidden}
    >
      <Palette
        onGo={() => {
          went.current = true; // the focus belongs to the page that opens
          onClose();
        }}
      />
    </Modal>
  );
}

/** The title is for screen readers: the field says the same. */
const hidden = {
  header: { position: "absolute", width: 1, height: 1, minHeight: 0, padding: 0, overflow: "hidden" },
} as const;

function Palette({ onGo }: { onGo: () => void }) {
  const t = useCommon();
  const navigate = useNavigate();
  const router = useRouter();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const segments = useQuery(segmentsQuery);

  const found = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const hit = (name: string) => name.toLowerCase().includes(wanted);
    const out: Found[] = [];
    for (const n of nav) {
      const label = t.nav[n.name];
      if (hit(label))
        out.push({
          id: n.to,
          group: t.pagesGroup,
          label,
          icon: <n.icon size={16} />,
          open: () => void navigate({ to: n.to }),
        });
    }
    // Segments are offered as soon as there is a page for one.
    if ("/segments/$name" in router.routesByPath) {
      for (const s of (segments.data ?? []).filter((s) => hit(s.name)).slice(0, 20)) {
        const href = `/segments/${encodeURIComponent(s.name)}`;
        out.push({
          id: href,
          group: t.segmentsGroup,
          label: s.name,
          icon: <IconCirclesRelation size={16} />,
          open: () => router.history.push(href),
        });
      }
    }
    return out;
  }, [text, segments.data, t, navigate, router]);

  const chosen = Math.min(at, found.length - 1);
  const open = (f: Found | undefined) => {
    if (!f) return;
    onGo();
    f.open();
  };

  return (
    <>
      <TextInput
        size="md"
        variant="unstyled"
        leftSection={<IconSearch size={18} />}
        placeholder={t.searchPlaceholder}
        aria-label={t.searchPlaceholder}
        role="combobox"
        aria-expanded="true"
        aria-controls="found"
        aria-activedescendant={found[chosen] ? `found-${chosen}` : undefined}
        value={text}
        data-autofocus
        onChange={(e) => {
          setText(e.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown" || e.key === "ArrowUp") {
            e.preventDefault();
            const step = e.key === "ArrowDown" ? 1 : -1;
            setAt((chosen + step + found.length) % Math.max(found.length, 1));
          } else if (e.key === "Enter") {
            open(found[chosen]);
          }
        }}
      />
      <div id="found" role="listbox" aria-label={t.search}>
        {found.map((f, i) => (
          <div key={f.id} role="presentation">
            {found[i - 1]?.group !== f.group && (
              <div className={classes.optionGroup} role="presentation">
                {f.group}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys */}
            <div
              id={`found-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === chosen}
              className={classes.option}
              onMouseMove={() => setAt(i)}
              onClick={() => open(f)}
            >
              {f.icon}
              {f.label}
            </div>
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <Text size="sm" c="dimmed" p="sm">
          {t.searchEmpty}
        </Text>
      )}
      <Text size="xs" c="dimmed" px="sm" py={6}>
        {t.searchHint}
      </Text>
    </>
  );
}
