import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "../../api/client";
import { discoveriesQuery, importsQuery, segmentsQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { ErrorState } from "../../parts/states";
import { messages } from "./messages";
import type { Rerun } from "./rerun";

/** Outdated says what has changed since a proof was made: data, definitions, the discovery; and proves again. */
export function Outdated({ proof: p, rerun }: { proof: Schema["Proof"]; rerun: Rerun }) {
  const t = useMessages(messages);
  const f = useFormat();
  const segments = useQuery(segmentsQuery).data ?? [];
  const imports = useQuery(importsQuery).data?.imports ?? [];
  const discoveries = useQuery(discoveriesQuery).data?.discoveries ?? [];
  const later = (at: string | undefined) => at !== undefined && Date.parse(at) > Date.parse(p.created);
  const came = imports.filter((i) => i.state === "committed" && later(i.ended ?? i.started)).length;
  const changed = p.segments
    .filter((s) => {
      const now = segments.find((x) => x.name === s.name);
      return now?.expression !== undefined && s.expression !== undefined && now.expression !== s.expression;
    })
    .map((s) => s.name);
  const anew = discoveries.some((d) => d.name === p.discovery && later(d.created));
  if (came === 0 && changed.length === 0 && !anew) return null;
  const what = [
    ...(came > 0 ? [t.cameIn(f.count(came))] : []),
    ...(changed.length > 0 ? [t.definitionChanged(f.list(changed))] : []),
    ...(anew ? [t.foundAnew(p.discovery ?? "")] : []),
  ];
  return (
    <Alert variant="default" title={t.outdated(f.date(p.created))} mb="md" role="note">
      {what.join(" ")} {t.runAgainHint}
      {rerun.error && <ErrorState error={rerun.error} title={t.notStarted} />}
    </Alert>
  );
}
