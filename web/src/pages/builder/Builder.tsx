import { ActionIcon, Button, Group, SegmentedControl } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { IconArrowBackUp, IconArrowForwardUp, IconDeviceFloppy } from "@tabler/icons-react";
import { type Query, useQuery, useQueryClient } from "@tanstack/react-query";
import { createLazyRoute } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Editors } from "../../access/Editors";
import type { Schema } from "../../api/client";
import { catalogueQuery, dataQuery, segmentsQuery } from "../../api/queries";
import { countQuery, estimateQuery } from "../../api/questions";
import { lastDay } from "../../api/span";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { AsOf } from "../../parts/AsOf";
import { LoadedPage, NotThere } from "../../parts/LoadedPage";
import { PageHeader, Section } from "../../parts/PageHeader";
import { ErrorState } from "../../parts/states";
import { About } from "./About";
import classes from "./builder.module.css";
import { useCounted } from "./counted";
import type { Known } from "./Fields";
import { Explained } from "./Figures";
import { messages } from "./messages";
import { builderRoute } from "./route";
import { Save } from "./Save";
import { Starters } from "./Starters";
import { TextPane } from "./TextPane";
import { TreeView } from "./TreeView";
import { Unsaved } from "./Unsaved";
import { useDraft } from "./useDraft";
import { useExpression } from "./useExpression";

/** Questions about an expression, by the beginning of their keys. */
const questions = new Set<unknown>(["count", "trend", "compare", "members"]);

export const page = createLazyRoute("/builder")({ component: Open });

/** Open waits for what the builder begins with. */
function Open() {
  const t = useMessages(messages);
  const search = builderRoute.useSearch();
  const catalogue = useQuery(catalogueQuery);
  const data = useQuery(dataQuery);
  const segments = useQuery({ ...segmentsQuery, enabled: search.segment !== undefined });
  const title = search.segment ? t.editTitle(search.segment) : t.newTitle;
  const needed = search.segment === undefined ? { ...segments, data: [] } : segments;
  return (
    <LoadedPage title={title} queries={[catalogue, data, needed]} lines={6}>
      {(c, d, all) => {
        const edited = all.find((s) => s.name.toLowerCase() === search.segment?.toLowerCase());
        if (search.segment !== undefined && !edited) {
          return (
            <>
              <PageHeader title={title} />
              <NotThere title={t.noSegment(search.segment)} among="/segments" />
            </>
          );
        }
        return (
          <Builder
            key={search.segment ?? ""}
            title={title}
            edited={edited}
            initial={search.text ?? edited?.expression ?? ""}
            asOf={search.asOf ?? lastDay(d)}
            catalogue={c}
            data={d}
          />
        );
      }}
    </LoadedPage>
  );
}

function Builder(props: {
  title: string;
  edited: Schema["Segment"] | undefined;
  initial: string;
  asOf: string | undefined;
  catalogue: Schema["Catalogue"];
  data: Schema["Data"];
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const navigate = builderRoute.useNavigate();
  const { catalogue, data, asOf, edited } = props;
  const queries = useQueryClient();
  const last = useRef("");
  const x = useExpression(
    props.initial,
    asOf,
    useCallback(() => {
      // What is still asked about the expression before is of no use, and in the way of the next.
      const asked = { predicate: (q: Query) => questions.has(q.queryKey[0]) };
      if (queries.isFetching(asked) === 0) return;
      last.current = "";
      void queries.cancelQueries(asked);
    }, [queries]),
  );
  const [view, setView] = useState<"both" | "tree" | "text">("both");
  const [saving, setSaving] = useState(false);
  const draft = useDraft(edited?.name ?? "", x.text, edited?.expression ?? "", x.undo !== undefined);
  const back = () => x.undo?.();
  const again = () => x.redo?.();
  // In a field too: one way back for the boxes and the text together.
  useHotkeys(
    saving
      ? []
      : [
          ["mod+Z", back],
          ["mod+shift+Z", again],
          ["mod+Y", again],
        ],
    [],
  );

  const setAsOf = useCallback(
    (v: string | undefined) => void navigate({ search: (s) => ({ ...s, asOf: v }), replace: true }),
    [navigate],
  );

  // The link to this page is the expression.
  const [kept] = useDebouncedValue(x.valid, 400);
  useEffect(() => {
    if (kept !== undefined) void navigate({ search: (s) => ({ ...s, text: kept }), replace: true });
  }, [kept, navigate]);

  const expression = x.valid ?? "";
  const estimate = useQuery({ ...estimateQuery(expression, asOf), enabled: expression !== "" && !x.estimate });
  const [settled] = useDebouncedValue(expression, 150);
  // Another expression stops the count that is under way.
  const wanted = settled === expression ? settled : "";
  const count = useQuery({ ...countQuery(wanted, asOf), enabled: wanted !== "" });
  const exact = count.data?.expression === expression ? count.data : undefined;
  if (exact) last.current = exact.expression;
  const about = x.empty ? "" : last.current;
  const clauses = useCounted(exact, x.tree, asOf);

  const known = useMemo<Known>(() => {
    const column = (event: string | undefined, name: string) => {
      const among = event === undefined ? data.traits : (data.events.find((e) => e.name === event)?.properties ?? []);
      return among.find((c) => c.name.toLowerCase() === name.toLowerCase());
    };
    return {
      values: (event, name) => {
        const c = column(event, name);
        return (c?.top ?? [])
          .filter((v) => typeof v.value === "string")
          .map((v) => ({ value: String(v.value), share: v.count / Math.max(1, c?.known ?? 0) }));
      },
      today: asOf ?? new Date().toISOString().slice(0, 10),
      asOf,
    };
  }, [data, asOf]);
  const values = useCallback(
    (name: string, event: string | undefined) => {
      const own = known.values(event, name);
      return own.length > 0 ? own : data.events.flatMap((e) => known.values(e.name, name));
    },
    [known, data],
  );

  const failed = x.failed ?? count.error ?? estimate.error;
  const retry = () => (x.failed ? x.retry() : Promise.all([count.refetch(), estimate.refetch()]));
  return (
    <>
      <PageHeader
        title={props.title}
        answer={answer()}
        actions={
          <>
            <AsOf value={asOf} onChange={setAsOf} />
            <Editors why>
              <Button leftSection={<IconDeviceFloppy size={15} />} disabled={!exact} onClick={() => setSaving(true)}>
                {edited ? t.saveChanges : t.save}
              </Button>
            </Editors>
          </>
        }
      />
      {draft.offered && (
        <Unsaved
          draft={draft.offered}
          onTake={(text) => {
            x.setText(text);
            draft.taken();
          }}
          onDiscard={draft.discard}
        />
      )}
      {failed && <ErrorState error={failed} retry={retry} />}
      <div className={classes.toolbar}>
        <Group gap="sm">
          <SegmentedControl
            aria-label={t.view}
            value={view}
            onChange={(v) => setView(v as typeof view)}
            data={[
              { value: "tree", label: t.viewTree },
              { value: "both", label: t.viewBoth },
              { value: "text", label: t.viewText },
            ]}
          />
          <Group gap={2}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t.undo}
              title={`${t.undo} (Ctrl+Z)`}
              disabled={!x.undo}
              onClick={back}
            >
              <IconArrowBackUp size={17} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t.redo}
              title={`${t.redo} (Ctrl+Shift+Z)`}
              disabled={!x.redo}
              onClick={again}
            >
              <IconArrowForwardUp size={17} />
            </ActionIcon>
          </Group>
        </Group>
        <span className={classes.legend}>
          <span className={classes.keepsMark} /> {t.legendKeeps} <span className={classes.unknownMark} />{" "}
          {t.legendUnknown}
        </span>
      </div>
      <div className={classes.panes} data-view={view}>
        {view !== "text" && (
          <section aria-label={t.tree} className={classes.treePane}>
            <TreeView
              root={x.tree.root}
              subject={x.tree.subject}
              outline={x.outline}
              clauses={x.error ? undefined : clauses}
              catalogue={catalogue}
              known={known}
              onChange={x.setRoot}
            />
            {x.empty && <Starters data={data} asOf={asOf} onChoose={x.setText} />}
          </section>
        )}
        {view !== "tree" && (
          <section aria-label={t.text}>
            <TextPane text={x.text} error={x.error} catalogue={catalogue} values={values} onChange={x.setText} />
          </section>
        )}
      </div>
      {about && (
        // What was said of another expression is not seen, but stays in its place until there is more to say.
        <div className={exact ? undefined : classes.hidden}>
          <Section title={t.aboutTitle}>
            <About
              expression={about}
              asOf={asOf}
              data={data}
              catalogue={catalogue}
              subject={x.tree.subject}
              edited={edited?.name}
              onAsOf={setAsOf}
            />
          </Section>
        </div>
      )}
      {exact && (
        <Save
          opened={saving}
          onClose={() => setSaving(false)}
          edited={edited}
          expression={exact.expression}
          count={exact.count}
          asOf={asOf}
          catalogue={catalogue}
          onSaved={draft.forget}
        />
      )}
    </>
  );

  function answer() {
    if (x.empty) return t.begin;
    if (x.error) return t.notYet;
    if (exact) {
      const said = t.exact(f.count(exact.count), f.count(exact.population), f.percent(exact.share));
      return explained(said, exact, t.exactly);
    }
    const e = x.estimate ?? estimate.data;
    if (e?.estimate) {
      if (e.estimate.low === e.estimate.high)
        return t.exact(f.count(e.count), f.count(e.population), f.percent(e.share));
      const said = t.about(f.count(e.count), f.count(e.estimate.low), f.count(e.estimate.high));
      return explained(said, e, t.estimated(f.percent(e.estimate.share)));
    }
    return undefined;
  }

  function explained(said: string, c: Schema["Count"], how: string) {
    return (
      <Explained
        className={classes.asked}
        text={c.expression}
        facts={[
          t.holdsFor(f.count(c.count), f.count(c.population), f.percent(c.share)),
          `${t.asOfDay(f.asOf(c.as_of))} ${how}`,
        ]}
      >
        {said}
      </Explained>
    );
  }
}
