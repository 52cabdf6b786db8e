import { Button, Checkbox, Group } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Schema } from "../../api/client";
import { useMay } from "../../api/session";
import { useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { useCommon } from "../../i18n/common";
import { useMessages } from "../../i18n/language";
import { Section } from "../../parts/PageHeader";
import { sentence } from "../../parts/states";
import { OwnerField } from "../../parts/upkeep/Owner";
import { useAssign, useRefresh } from "../../parts/upkeep/upkeep";
import type { Concern } from "./attention";
import { Drift } from "./Drift";
import { messages } from "./messages";
import classes from "./overview.module.css";
import { ProveAgain } from "./ProveAgain";

/** Attention lists what somebody should look at; each is settled where it stands. */
export function Attention({ found }: { found: Concern[] }) {
  const t = useMessages(messages);
  const mayEdit = useMay("editor");
  return (
    <Section title={t.attention}>
      <ul className={classes.concerns}>
        {found.map((c) => (
          <Item key={c.text} concern={c} mayEdit={mayEdit} />
        ))}
      </ul>
    </Section>
  );
}

/** Item is one concern: what it is, of what, and what can be done, which may need room below. */
function Item({ concern: c, mayEdit }: { concern: Concern; mayEdit: boolean }) {
  const t = useMessages(messages);
  const f = useFormat();
  const [open, setOpen] = useState(false);
  const refresh = useRefresh();
  const button = (label: string, onClick: () => void, loading = false) => (
    <Button
      variant="default"
      size="compact-xs"
      loading={loading}
      aria-label={`${label}: ${c.text}`}
      aria-expanded={c.act === "refresh" ? undefined : open}
      onClick={onClick}
    >
      {label}
    </Button>
  );
  const action = () => {
    switch (c.act) {
      case "refresh":
        return mayEdit && button(t.refreshNow, () => refresh.mutate(c.segments.map((s) => s.name)), refresh.isPending);
      case "assign":
        return mayEdit && !open && button(t.assign, () => setOpen(true));
      case "drift":
        return button(open ? t.hide : t.seeDrift, () => setOpen(!open));
      case "prove":
        return mayEdit && !open && button(t.proveAgain, () => setOpen(true));
      case "rejects":
        return null;
    }
  };
  return (
    <li>
      {c.serious ? (
        <IconAlertTriangle size={18} color="light-dark(#b42318, #f0857d)" aria-label={t.serious} />
      ) : (
        <IconInfoCircle size={18} aria-hidden />
      )}
      <div>
        {c.text}
        {c.detail && <div className={classes.names}>{sentence(c.detail)}</div>}
        {c.act === "rejects" ? (
          <Rejects imports={c.imports} />
        ) : c.act === "prove" ? (
          !open && (
            <Names
              links={c.proofs.map((p) => (
                <Link key={p.name} to="/prove/$name" params={{ name: p.name }}>
                  {p.name}
                </Link>
              ))}
              more={(n) => t.andMore(f.count(n))}
            />
          )
        ) : (
          !(c.act === "assign" && open) && (
            <Names
              links={c.segments.map((s) => (
                <Link key={s.name} to="/segments/$name" params={{ name: s.name }}>
                  {s.name}
                </Link>
              ))}
              more={(n) => t.andMore(f.count(n))}
            />
          )
        )}
        {open && c.act === "assign" && <Assign segments={c.segments} onClose={() => setOpen(false)} />}
        {open && c.act === "drift" && <Drift segments={c.segments} />}
        {open && c.act === "prove" && c.proofs.map((p) => <ProveAgain key={p.name} proof={p} />)}
      </div>
      {action()}
    </li>
  );
}

/** Names are the first few of what a concern is of. */
function Names({ links, more }: { links: ReactNode[]; more: (n: number) => string }) {
  return (
    <div className={classes.names}>
      {links.slice(0, 6).map((link, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stand in a fixed order
        <span key={i}>
          {i > 0 && ", "}
          {link}
        </span>
      ))}
      {links.length > 6 && ` ${more(links.length - 6)}`}
    </div>
  );
}

/** Assign gives segments that have no owner one. */
function Assign({ segments, onClose }: { segments: Schema["Segment"][]; onClose: () => void }) {
  const t = useMessages(messages);
  const common = useCommon();
  const assign = useAssign();
  const [owner, setOwner] = useState("");
  const [left, setLeft] = useState<string[]>([]);
  const chosen = segments.filter((s) => !left.includes(s.name));
  const name = owner.trim();
  return (
    <form
      className={classes.assign}
      onSubmit={(e) => {
        e.preventDefault();
        if (name && chosen.length > 0) assign.mutate({ segments: chosen, owner: name }, { onSuccess: onClose });
      }}
    >
      <div className={classes.choices}>
        {segments.map((s) => (
          <Checkbox
            key={s.name}
            label={s.name}
            checked={!left.includes(s.name)}
            onChange={(e) => setLeft(e.currentTarget.checked ? left.filter((x) => x !== s.name) : [...left, s.name])}
          />
        ))}
      </div>
      <Group gap="xs">
        <OwnerField label={t.owner} value={owner} onChange={setOwner} onCancel={onClose} />
        <Button type="submit" loading={assign.isPending} disabled={!name || chosen.length === 0}>
          {t.assignTo(chosen.length)}
        </Button>
        <Button variant="default" onClick={onClose}>
          {common.cancel}
        </Button>
      </Group>
    </form>
  );
}

/** Rejects says how much was rejected, and gives it. */
function Rejects({ imports }: { imports: Schema["Import"][] }) {
  const t = useMessages(messages);
  const terms = useTerms();
  const f = useFormat();
  return (
    <div className={classes.names}>
      {imports.slice(0, 4).map((i) => (
        <div key={i.id}>
          {t.rejectsOf(
            f.list(i.files.map((x) => x.split("/").pop() ?? x)),
            terms.rows(i.as),
            f.count(i.rejected),
            f.wholePercent(i.rejected / (i.rows + i.rejected)),
          )}{" "}
          <a href={`/api/v1/imports/${i.id}/rejects`} download>
            {t.downloadRejects}
          </a>
        </div>
      ))}
    </div>
  );
}
