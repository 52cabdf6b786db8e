import type { Schema } from "../../api/client";
import type { en } from "../../i18n/en/overview";

type Segment = Schema["Segment"];

export interface Concern {
  text: string;
  segments: string[];
  serious: boolean;
  /** A refresh would settle it. */
  refresh?: boolean;
}

/** drifting tells whether more than a fifth of a segment that is not tiny moved at its last refresh. */
function drifting(s: Segment): boolean {
  if (!s.run) return false;
  const before = s.run.members - s.run.joined + s.run.left;
  return before >= 30 && Math.max(s.run.joined, s.run.left) > before / 5;
}

/** concerns are what somebody should look at, the most serious first. */
export function concerns(segments: Segment[], imports: Schema["Import"][], t: typeof en): Concern[] {
  const out: Concern[] = [];
  for (const s of segments)
    if (s.failed) out.push({ text: t.failed(s.name), segments: [s.name], serious: true, refresh: true });
  const some = (text: (n: number) => string, found: Segment[], refresh = false) => {
    if (found.length > 0)
      out.push({ text: text(found.length), segments: found.map((s) => s.name), serious: false, refresh });
  };
  const newest = Math.max(
    0,
    ...imports.filter((i) => i.state === "committed" && i.ended).map((i) => Date.parse(i.ended ?? "")),
  );
  some(
    t.neverRun,
    segments.filter((s) => !s.run && !s.failed),
    true,
  );
  some(
    t.olderVersion,
    segments.filter((s) => s.run && s.run.version < s.version),
    true,
  );
  some(
    t.newerData,
    segments.filter((s) => s.run && s.run.version >= s.version && Date.parse(s.run.started) < newest),
    true,
  );
  some(t.moved, segments.filter(drifting));
  some(
    t.noOwner,
    segments.filter((s) => !s.owner),
  );
  return out;
}
