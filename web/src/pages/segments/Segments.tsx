import { Button } from "@mantine/core";
import { IconPlus, IconRefresh, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { createLazyRoute, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Editors } from "../../access/Editors";
import type { Schema } from "../../api/client";
import { archivedQuery, segmentsQuery } from "../../api/queries";
import { useMay } from "../../api/session";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { LoadedPage } from "../../parts/LoadedPage";
import { PageHeader } from "../../parts/PageHeader";
import { Empty } from "../../parts/states";
import { useRefresh } from "../../parts/upkeep/upkeep";
import { useShortcut } from "../../shell/shortcuts";
import { Bulk } from "./Bulk";
import { Filters } from "./Filters";
import { List } from "./List";
import { messages } from "./messages";
import { type SegmentsSearch, segmentsRoute } from "./route";
import { statusOf } from "./status";

export const page = createLazyRoute("/segments")({ component: Segments });

function Segments() {
  const t = useMessages(messages);
  const f = useFormat();
  const navigate = useNavigate();
  const search = segmentsRoute.useSearch();
  const segments = useQuery(segmentsQuery);
  const archived = useQuery(archivedQuery);
  const editor = useMay("editor");
  const refresh = useRefresh();
  useShortcut("n", editor ? t.create : t.tryOut, () => void navigate({ to: "/builder" }));
  const create = (
    <Button component={Link} to="/builder" leftSection={<IconPlus size={15} />}>
      {editor ? t.create : t.tryOut}
    </Button>
  );
  return (
    <LoadedPage title={t.title} queries={[segments, archived]}>
      {(all, away) =>
        all.length + away.length === 0 ? (
          <>
            <PageHeader title={t.title} answer={t.none} />
            <Empty icon={<IconUsersGroup size={32} stroke={1.4} />} title={t.none} action={create}>
              {t.noneText}
            </Empty>
          </>
        ) : (
          <>
            <PageHeader
              title={t.title}
              answer={t.answer(
                f.count(all.length),
                all.length === 1,
                all.filter((s) => !s.owner).length,
                all.filter((s) => statusOf(s) !== "fresh").length,
              )}
              actions={
                <>
                  <Editors>
                    <Button
                      variant="default"
                      leftSection={<IconRefresh size={15} />}
                      loading={refresh.isPending}
                      onClick={() => refresh.mutate([])}
                    >
                      {t.refreshAll}
                    </Button>
                  </Editors>
                  {create}
                </>
              }
            />
            <Filters all={all} archived={away.length} />
            <Found all={search.archived ? away : all} editor={editor} />
          </>
        )
      }
    </LoadedPage>
  );
}

/** wanted tells whether a segment is what the filters ask for. */
function wanted(s: Schema["Segment"], { q = "", owner, status }: SegmentsSearch): boolean {
  return (
    [s.name, s.owner, s.description, ...s.tags].some((x) => x.toLowerCase().includes(q.toLowerCase())) &&
    (owner === undefined || s.owner === (owner === "-" ? "" : owner)) &&
    (status === undefined || statusOf(s) === status)
  );
}

/** Found lists what the filters leave, and does things to several at once. */
function Found({ all, editor }: { all: Schema["Segment"][]; editor: boolean }) {
  const t = useMessages(messages);
  const search = segmentsRoute.useSearch();
  const [chosen, setChosen] = useState<string[]>([]);
  const found = all.filter((s) => wanted(s, search));
  if (found.length === 0) {
    return <Empty title={search.q ? t.noneFound(search.q) : search.archived ? t.noneArchived : t.noneSuch} />;
  }
  const picked = found.filter((s) => chosen.includes(s.name));
  return (
    <>
      {editor && <Bulk picked={picked} found={found} onPick={setChosen} />}
      <List segments={found} picked={editor ? chosen : undefined} onPick={setChosen} />
    </>
  );
}
