const key = "kreds.visit";

/** After so long without opening the overview, the next time is another visit. */
const pause = 30 * 60_000;

interface Visits {
  /** When the overview was last opened. */
  seen: number;
  /** When it was last opened in the visit before; 0 if there was none. */
  before: number;
}

function read(): Visits {
  try {
    const v = JSON.parse(localStorage.getItem(key) ?? "") as Partial<Visits>;
    return { seen: Number(v.seen) || 0, before: Number(v.before) || 0 };
  } catch {
    return { seen: 0, before: 0 };
  }
}

/** lastVisit notes that the overview is open, and tells when it last was in the visit before; this browser knows. */
export function lastVisit(now = Date.now()): string | undefined {
  const { seen, before } = read();
  const then = seen > 0 && now - seen > pause ? seen : before;
  try {
    localStorage.setItem(key, JSON.stringify({ seen: now, before: then }));
  } catch {
    // Without storage there is no visit to compare with.
  }
  return then > 0 ? new Date(then).toISOString() : undefined;
}
