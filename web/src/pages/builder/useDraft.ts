import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { sessionQuery } from "../../api/session";
import { type Draft, draftsOf, dropDraft, forgetDrafts, keepDraft } from "../../parts/drafts";

/** How long after a change it is kept, in milliseconds. */
const wait = 300;

/**
 * useDraft keeps what is written, and offers what was written and not saved before.
 * What is written meanwhile does not replace what is offered.
 */
export function useDraft(about: string, text: string, saved: string, changed: boolean) {
  const session = useQuery(sessionQuery).data;
  const user = session && (session.name ?? "");
  const [id] = useState(() => crypto.randomUUID?.() ?? String(performance.timeOrigin + performance.now()));
  const [offered, setOffered] = useState<Draft | undefined>();
  const first = useRef(text);

  const next = useCallback(() => {
    if (user === undefined) return;
    forgetDrafts(user);
    const known = new Set([saved.trim(), first.current.trim()]);
    setOffered(draftsOf(user, about).find((d) => d.id !== id && !known.has(d.text.trim())));
  }, [user, about, id, saved]);
  useEffect(next, [next]);

  const latest = useRef<() => void>(() => {});
  const done = useRef(false);
  latest.current = () => {
    if (user === undefined || done.current || !changed) return;
    if (text.trim() === saved.trim()) dropDraft(user, about, id);
    else keepDraft(user, about, { id, at: Date.now(), text });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is written is kept a moment after it has changed
  useEffect(() => {
    const timer = window.setTimeout(() => latest.current(), wait);
    return () => window.clearTimeout(timer);
  }, [text, changed, user]);
  // Nor is what was written in the last moment lost.
  useEffect(() => {
    const leave = () => latest.current();
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, []);

  const drop = (draft: string) => {
    if (user !== undefined) dropDraft(user, about, draft);
  };
  return {
    offered,
    /** Takes the offered draft away, because it has been taken up. */
    taken: () => {
      if (offered) drop(offered.id);
      setOffered(undefined);
    },
    /** Takes it away because it is not wanted; there may be an older one. */
    discard: () => {
      if (offered) drop(offered.id);
      next();
    },
    /** Notes that what is written is saved. */
    forget: () => {
      done.current = true;
      drop(id);
    },
  };
}
