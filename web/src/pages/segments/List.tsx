import { Badge, Checkbox, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { Figure } from "../../parts/Figure";
import { Missed } from "../../parts/states";
import { Owner } from "../../parts/upkeep/Owner";
import { messages } from "./messages";
import { runsQuery } from "./queries";
import { type SegmentsSearch, segmentsRoute } from "./route";
import { Sparkline } from "./Sparkline";
import classes from "./segments.module.css";
import { statusColours, statusOf } from "./status";

interface Props {
  segments: Schema["Segment"][];
  /** The names that are picked; absent where nothing can be done to them. */
  picked?: string[];
  onPick: (names: string[]) => void;
}

/** List is the table of segments; the address keeps how it is sorted. */
export function List({ segments, picked, onPick }: Props) {
  const t = useMessages(messages);
  const f = useFormat();
  const search = segmentsRoute.useSearch();
  const navigate = segmentsRoute.useNavigate();
  const runs = useQuery(runsQuery);
  const sizes = useMemo(() => {
    const all = new Map<string, number[]>();
    for (const r of runs.data?.runs ?? []) if (!r.error) all.set(r.segment, [r.members, ...(all.get(r.segment) ?? [])]);
    return all;
  }, [runs.data]);
  const key = search.sort ?? "members";
  return (
    <>
      <Missed queries={[runs]} />
      <DataTable
        label={t.title}
        rows={segments}
        rowKey={(s) => s.name}
        sort={{ key, descending: search.order ? search.order === "down" : key === "members" }}
        onSort={(s) =>
          void navigate({
            search: { ...search, sort: s.key as SegmentsSearch["sort"], order: s.descending ? "down" : "up" },
            replace: true,
          })
        }
        columns={[
          {
            key: "name",
            label: t.name,
            cell: (s) => (
              <Group gap="xs" wrap="nowrap" align="flex-start">
                {picked && (
                  <Checkbox
                    mt={2}
                    aria-label={t.pick(s.name)}
                    checked={picked.includes(s.name)}
                    onChange={(e) =>
                      onPick(e.currentTarget.checked ? [...picked, s.name] : picked.filter((n) => n !== s.name))
                    }
                  />
                )}
                <div>
                  <Link to="/segments/$name" params={{ name: s.name }} className={classes.name}>
                    {s.name}
                  </Link>
                  <div className={classes.about}>{s.description || s.expression}</div>
                </div>
              </Group>
            ),
            value: (s) => s.name,
          },
          {
            key: "members",
            label: t.members,
            cell: (s) =>
              s.run ? (
                <Figure
                  about={s.name}
                  of={{
                    definition: t.membersAre(f.dateTime(s.run.started), s.run.version),
                    asOf: f.asOf(s.run.as_of),
                    interval: t.counted,
                    expression: s.expression,
                    condition: true,
                  }}
                >
                  {f.count(s.run.members)}
                </Figure>
              ) : (
                "–"
              ),
            value: (s) => s.run?.members,
            right: true,
          },
          {
            key: "trend",
            label: t.trend,
            cell: (s) => {
              const points = sizes.get(s.name) ?? [];
              return <Sparkline points={points} label={t.trendOf(s.name, f.list(points.map((n) => f.count(n))))} />;
            },
            width: 96,
          },
          {
            key: "joined",
            label: t.joined,
            cell: (s) => (s.run ? f.change(s.run.joined) : "–"),
            value: (s) => s.run?.joined,
            right: true,
          },
          {
            key: "left",
            label: t.left,
            cell: (s) => (s.run ? f.change(-s.run.left) : "–"),
            value: (s) => s.run?.left,
            right: true,
          },
          { key: "owner", label: t.owner, cell: (s) => <Owner segment={s} />, value: (s) => s.owner, nowrap: true },
          {
            key: "status",
            label: t.status,
            cell: (s) => (
              <Badge color={statusColours[statusOf(s)]} variant="dot" miw="max-content">
                {t.statuses[statusOf(s)]}
              </Badge>
            ),
            value: statusOf,
          },
          {
            key: "refreshed",
            label: t.lastRefresh,
            cell: (s) =>
              s.run ? (
                <>
                  {f.ago(s.run.started)}
                  <div className={classes.about}>{t.asOfDay(f.asOf(s.run.as_of))}</div>
                </>
              ) : (
                "–"
              ),
            value: (s) => s.run?.started,
            nowrap: true,
          },
        ]}
      />
    </>
  );
}
