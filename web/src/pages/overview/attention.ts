import type { Schema } from "../../api/client";
import type { en } from "../../i18n/en/overview";

type Segment = Schema["Segment"];

/** What somebody should look at, with what can be done about it at once. */
export type Concern = { text: string; detail?: string; serious?: boolean } & (
  | { act: "refresh" | "assign" | "drift"; segments: Segment[] }
  | { act: "prove"; proofs: Schema["ProofSummary"][] }
  | { act: "rejects"; imports: Schema["Import"][] }
);

/** drifting tells whether more than a fifth of a segment that is not tiny moved at its last refresh. */
function drifting(s: Segment): boolean {
  if (!s.run) return false;
  const before = s.run.members - s.run.joined + s.run.left;
  return before >= 30 && Math.max(s.run.joined, s.run.left) > before / 5;
}

/** rejecting tells whether more than a twentieth of an import of the last week could not be taken. */
function rejecting(i: Schema["Import"], now: number): boolean {
  return (
    i.state === "committed" &&
    i.rejected > (i.rows + i.rejected) / 20 &&
    now - Date.parse(i.ended ?? i.started) < 7 * 86_400_000
  );
}

/** concerns are what somebody should look at, the most serious first. */
export function concerns(
  segments: Segment[],
  imports: Schema["Import"][],
  proofs: Schema["ProofSummary"][],
  t: typeof en,
  now = Date.now(),
): Concern[] {
  const out: Concern[] = [];
  const newest = Math.max(
    0,
    ...imports.filter((i) => i.state === "committed" && i.ended).map((i) => Date.parse(i.ended ?? "")),
  );
  const defined = new Map(segments.map((s) => [s.name, Date.parse(s.defined)]));
  const some = (act: "refresh" | "assign" | "drift", text: (n: number) => string, found: Segment[]) => {
    if (found.length > 0) out.push({ act, text: text(found.length), segments: found });
  };
  for (const s of segments)
    if (s.failed)
      out.push({ act: "refresh", text: t.failed(s.name), detail: s.failed.error, segments: [s], serious: true });
  const rejected = imports.filter((i) => rejecting(i, now));
  if (rejected.length > 0) out.push({ act: "rejects", text: t.rejects(rejected.length), imports: rejected });
  const good = segments.filter((s) => !s.failed);
  some(
    "refresh",
    t.neverRun,
    good.filter((s) => !s.run),
  );
  some(
    "refresh",
    t.olderVersion,
    good.filter((s) => s.run && s.run.version < s.version),
  );
  some(
    "refresh",
    t.newerData,
    good.filter((s) => s.run && s.run.version >= s.version && Date.parse(s.run.started) < newest),
  );
  some("drift", t.moved, segments.filter(drifting));
  const old = proofs.filter((p) => {
    const made = Date.parse(p.created);
    return made < newest || p.segments.some((s) => (defined.get(s.name) ?? 0) > made);
  });
  if (old.length > 0) out.push({ act: "prove", text: t.oldProofs(old.length), proofs: old });
  some(
    "assign",
    t.noOwner,
    segments.filter((s) => !s.owner),
  );
  return out;
}
