import { Badge } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { alike } from "./digits";
import { messages, standingColours } from "./messages";
import classes from "./prove.module.css";

/** Together says how much the segments explain, and whether something simpler does as well. */
export function Together({ proof: p }: { proof: Schema["Proof"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const set = p.set;
  const last = (s: Schema["SegmentProof"]) => s.points.findLast((x) => x.outcome !== undefined);
  const write = alike(
    p.segments.flatMap((s) => {
      const o = last(s)?.outcome?.members;
      return o ? [o.value] : [];
    }),
    p.rate,
    f,
  );
  return (
    <>
      {set && (
        <p>
          {t.explained(
            f.percent(Math.max(0, set.explained.out)),
            set.as_well,
            set.rivals[0]?.name ?? "",
            f.percent(Math.max(0, set.rivals[0]?.explained.out ?? 0)),
          )}
        </p>
      )}
      <DataTable
        label={t.together}
        rows={p.segments}
        rowKey={(s) => s.name}
        columns={[
          { key: "name", label: t.segment, cell: (s) => s.name, value: (s) => s.name },
          {
            key: "members",
            label: t.members,
            cell: (s) => f.count(last(s)?.members ?? s.points.at(-1)?.members ?? 0),
            value: (s) => last(s)?.members,
            right: true,
          },
          {
            key: "revenue",
            label: t.revenueShare,
            cell: (s) => {
              const v = last(s)?.revenue_share;
              return v === undefined ? "–" : f.percent(v);
            },
            value: (s) => last(s)?.revenue_share,
            right: true,
          },
          {
            key: "outcome",
            label: t.outcomeOf,
            cell: (s) => {
              const o = last(s)?.outcome?.members;
              return o ? `${write(o.value)} (${write(o.low)} – ${write(o.high)})` : "–";
            },
            value: (s) => last(s)?.outcome?.members.value,
            right: true,
          },
          {
            key: "lift",
            label: t.lift,
            cell: (s) => (s.summary.lift === undefined ? "–" : f.number(s.summary.lift)),
            value: (s) => s.summary.lift,
            right: true,
          },
          {
            key: "standing",
            label: t.verdict,
            cell: (s) => (
              <Badge color={standingColours[s.summary.standing]} variant="dot">
                {t.standings[s.summary.standing]}
              </Badge>
            ),
            value: (s) => s.summary.standing,
          },
        ]}
      />
      {set && set.rivals.length > 0 && (
        <div className={classes.rivals}>
          <DataTable
            label={t.rivals}
            rows={set.rivals}
            rowKey={(r) => r.name}
            columns={[
              { key: "name", label: t.rivals, cell: (r) => r.name, value: (r) => r.name },
              { key: "groups", label: t.groups, cell: (r) => f.count(r.groups), value: (r) => r.groups, right: true },
              {
                key: "out",
                label: t.explainedOut,
                cell: (r) => f.percent(r.explained.out),
                value: (r) => r.explained.out,
                right: true,
              },
              {
                key: "ahead",
                label: t.ahead,
                cell: (r) => `${f.percent(r.ahead.value)} (${f.percent(r.ahead.low)} – ${f.percent(r.ahead.high)})`,
                value: (r) => r.ahead.value,
                right: true,
              },
            ]}
          />
        </div>
      )}
    </>
  );
}
