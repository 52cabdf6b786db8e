import type { Schema } from "../../api/client";
import type { en } from "../../i18n/en/overview";

type Segment = Schema["Segment"];

export interface Concern {
  text: string;
  segments: string[];
  serious: boolean;
}

/** concerns are what somebody should look at, the most serious first. */
export function concerns(segments: Segment[], imports: Schema["Import"][], t: typeof en): Concern[] {
  const out: Concern[] = [];
  for (const s of segments) if (s.failed) out.push({ text: t.failed(s.name), segments: [s.name], serious: true });
  const some = (text: (n: number) => string, found: Segment[]) => {
    if (found.length > 0) out.push({ text: text(found.length), segments: found.map((s) => s.name), serious: false });
  };
  const newest = Math.max(
    0,
    ...imports.filter((i) => i.state === "committed" && i.ended).map((i) => Date.parse(i.ended ?? "")),
  );
  some(
    t.neverRun,
    segments.filter((s) => !s.run && !s.failed),
  );
  some(
    t.olderVersion,
    segments.filter((s) => s.run && s.run.version < s.version),
  );
  some(
    t.newerData,
    segments.filter((s) => s.run && s.run.version >= s.version && Date.parse(s.run.started) < newest),
  );
  some(
    t.noOwner,
    segments.filter((s) => !s.owner),
  );
  return out;
}
