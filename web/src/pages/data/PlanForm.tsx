import { Button, Group, Select, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { dataKeys } from "../../api/queries";
import { type Format, useFormat } from "../../format/format";
import type { en } from "../../i18n/en/data";
import { useMessages } from "../../i18n/language";
import { Section } from "../../parts/PageHeader";
import classes from "./data.module.css";
import { faultAt, type Importing, placed, plainly, plan, type Request, run } from "./importing";
import { Late } from "./Late";
import { messages } from "./messages";
import { PlanColumns } from "./PlanColumns";
import { Preview } from "./Preview";
import { eventOf, isEvents, type Kind, kindOf, kinds, needsKey, withKind } from "./uses";
import { Computed, Written } from "./Written";

/** notesOf are the remarks of a plan that are not said by a field of the form. */
function notesOf(plan: Importing["plan"]): string[] {
  const doubtful = plan?.columns.filter((c) => c.doubt).map((c) => `"${c.label}"`) ?? [];
  const said = (note: string) =>
    /--id\b/.test(note) || note.endsWith(` ${plan?.encoding}`) || doubtful.some((label) => note.includes(label));
  return (plan?.notes ?? []).filter((n) => !said(n)).map(plainly);
}

/** PlanForm shows how a file would be read and lets it be corrected. */
export function PlanForm({ now }: { now: Importing }) {
  const t = useMessages(messages);
  const f = useFormat();
  const queries = useQueryClient();
  const notes = notesOf(now.plan);
  const begin = async () => {
    await run();
    await Promise.all([...dataKeys, ["worth"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
  const action = now.plan && !now.problem ? actionOf(now, t, f) : undefined;

  return (
    <>
      <Rows now={now} />
      <Written now={now} />
      <Preview now={now} />
      <PlanColumns now={now} />
      <Computed now={now} />
      {notes.length > 0 && !now.problem && (
        <Section title={t.notes}>
          <ul className={classes.notes}>
            {notes.map((n) => (
              <li key={n}>{n}</li>
            ))}
          </ul>
        </Section>
      )}
      <Group>
        <Button size="sm" disabled={!action} loading={now.planning} onClick={() => void begin()}>
          {action ?? t.doImport}
        </Button>
        {!action && !now.planning && (
          <Text size="sm" className={classes.warn}>
            {placed(now) ? t.correct(plainly(now.problem?.detail ?? "")) : now.plan && !now.problem && t.noneTaken}
          </Text>
        )}
      </Group>
    </>
  );
}

/** actionOf says what the button does; undefined where no row can be taken. */
function actionOf(now: Importing, t: typeof en, f: Format): string | undefined {
  const plan = now.plan;
  if (!plan) return undefined;
  const { read, rejected, keys } = plan.preview;
  const taken = read - rejected;
  if (taken === 0) return undefined;
  const kind = kindOf(now.request);
  const each = isEvents(kind) || keys === taken; // each row is one of them
  const things = (n: number, text: string) => t.things[kind](text, n === 1);
  if (!plan.whole) {
    const about = f.short((plan.rows / read) * taken);
    return each ? t.importAbout(things(2, about)) : t.importRows(about, t.things[kind]("", false).trim());
  }
  const what = things(each ? taken : keys, f.count(each ? taken : keys));
  return t.importThings(what, each ? "" : f.count(taken), rejected > 0 ? t.rowsOf(f.count(rejected), rejected) : "");
}

/** Rows says what the rows are, and which columns tell whose and when. */
function Rows({ now }: { now: Importing }) {
  const t = useMessages(messages);
  const r = now.request;
  const kind = kindOf(r);
  const labels = now.columns.map((c) => c.label);
  const update = (part: Partial<Request>) => void plan({ ...r, ...part });
  const time = now.columns.find((c) => c.type === "instant" || c.type === "date")?.label;
  return (
    <div className={classes.form}>
      <Select
        className={isEvents(kind) ? undefined : classes.wide}
        label={t.rowsAre}
        value={kind}
        allowDeselect={false}
        error={faultAt(now, "for")}
        onChange={(k) => k && void plan(withKind(r, k as Kind, time))}
        data={kinds.map((value) => ({ value, label: t.kinds[value] }))}
      />
      {isEvents(kind) && (
        <Late
          label={t.eventName}
          value={eventOf(r)}
          error={faultAt(now, "as")}
          onChange={(v) => update({ as: `events:${v || "purchase"}` })}
        />
      )}
      <Select
        label={t.key}
        description={t.keyHelp[kind]}
        inputWrapperOrder={below}
        value={r.id ?? null}
        allowDeselect={false}
        placeholder={needsKey(kind) ? t.pick : t.numbered}
        clearable={!needsKey(kind)}
        error={faultAt(now, "id")}
        onChange={(v) => update({ id: v ?? undefined })}
        data={labels}
      />
      {kind !== "items" && (
        <Select
          label={t.time}
          description={isEvents(kind) ? t.timeHelp : t.observedHelp}
          inputWrapperOrder={below}
          value={r.time ?? null}
          allowDeselect={false}
          placeholder={isEvents(kind) ? t.pick : t.noTime}
          clearable={!isEvents(kind)}
          error={faultAt(now, "time")}
          onChange={(v) => update({ time: v ?? undefined })}
          data={labels}
        />
      )}
      {isEvents(kind) && (
        <Select
          label={t.order}
          description={t.orderHelp}
          inputWrapperOrder={below}
          value={r.order ?? null}
          allowDeselect={false}
          placeholder={t.noOrder}
          clearable
          error={faultAt(now, "order")}
          onChange={(v) => update({ order: v ?? undefined })}
          data={labels}
        />
      )}
    </div>
  );
}

const below: ("label" | "input" | "description" | "error")[] = ["label", "input", "error", "description"];
