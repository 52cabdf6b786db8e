import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Section } from "../../parts/PageHeader";
import { Loaded } from "../../parts/states";
import { Owner } from "../../parts/upkeep/Owner";
import { Flows } from "./Flows";
import { Moves } from "./Moves";
import { messages } from "./messages";
import classes from "./overview.module.css";
import { movementsQuery } from "./queries";
import { overviewRoute } from "./route";
import { lastVisit } from "./visit";

/** Changes shows who joined and left since the refresh before, or since the last visit where there was one. */
export function Changes({ segments }: { segments: Schema["Segment"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const search = overviewRoute.useSearch();
  const navigate = overviewRoute.useNavigate();
  const [visit] = useState(() => lastVisit());
  const since = search.since === "visit" ? visit : undefined;
  const moved = useQuery(movementsQuery(since));
  return (
    <Section
      title={t.changes}
      aside={
        visit && (
          <SegmentedControl
            aria-label={t.sinceWhen}
            value={since ? "visit" : "refresh"}
            onChange={(v) =>
              void navigate({ search: { ...search, since: v === "visit" ? "visit" : undefined }, replace: true })
            }
            data={[
              { value: "refresh", label: t.sinceRefresh },
              { value: "visit", label: t.sinceVisit },
            ]}
          />
        )
      }
    >
      <Loaded query={moved} lines={6}>
        {(m) => (
          <>
            <p className={classes.quietText}>{since ? t.isSinceVisit(f.dateTime(since)) : t.isSinceRefresh}</p>
            <Moved movements={m} segments={segments} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Moved({ movements, segments }: { movements: Schema["Movements"]; segments: Schema["Segment"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const of = new Map(segments.map((s) => [s.name, s]));
  const rows = movements.segments.flatMap((m) => {
    const segment = of.get(m.segment);
    return segment ? [{ ...m, of: segment }] : [];
  });
  if (rows.length === 0) return <p className={classes.quietText}>{t.noMovements}</p>;
  return (
    <>
      <div className={classes.movements}>
        <Moves movements={rows} />
        <Flows flows={movements.flows} />
      </div>
      <DataTable
        label={t.changes}
        rows={rows}
        rowKey={(m) => m.segment}
        sort={{ key: "members", descending: true }}
        columns={[
          {
            key: "name",
            label: t.segment,
            cell: (m) => (
              <Link to="/segments/$name" params={{ name: m.segment }}>
                {m.segment}
              </Link>
            ),
            value: (m) => m.segment,
          },
          {
            key: "before",
            label: t.before,
            cell: (m) => f.count(m.before.members),
            value: (m) => m.before.members,
            right: true,
          },
          { key: "joined", label: t.joined, cell: (m) => f.change(m.joined), value: (m) => m.joined, right: true },
          { key: "left", label: t.left, cell: (m) => f.change(-m.left), value: (m) => m.left, right: true },
          {
            key: "members",
            label: t.members,
            cell: (m) => f.count(m.after.members),
            value: (m) => m.after.members,
            right: true,
          },
          {
            key: "as_of",
            label: t.asOf,
            cell: (m) =>
              m.before.id === m.after.id ? t.notSince : t.period(f.asOf(m.before.as_of), f.asOf(m.after.as_of)),
            value: (m) => m.after.as_of,
            nowrap: true,
          },
          {
            key: "version",
            label: t.definition,
            cell: (m) => (m.before.version === m.after.version ? t.sameRule : t.newRule),
            nowrap: true,
          },
          {
            key: "owner",
            label: t.owner,
            cell: (m) => <Owner segment={m.of} />,
            value: (m) => m.of.owner,
            nowrap: true,
          },
        ]}
      />
    </>
  );
}
