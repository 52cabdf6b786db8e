/*
 * What was written and not saved, kept in this browser until it is taken up again,
 * discarded, saved, or its writer signs out. An expression may hold what tells of one
 * person, as an e-mail address: such a draft is kept for this tab alone.
 */

export interface Draft {
  id: string;
  at: number;
  text: string;
}

const prefix = "kreds.draft ";
const days = 14;
const most = 3;

/** personal reports whether a text seems to hold an address or a number of one person. */
export const personal = (text: string) => /@|\d{8,}/.test(text.replaceAll(/[\s-]/g, ""));

const keyOf = (user: string, about: string) => `${prefix}${JSON.stringify([user, about])}`;

/** stores are where drafts are kept; none where the browser keeps nothing. */
function stores(): Storage[] {
  try {
    return [window.localStorage, window.sessionStorage];
  } catch {
    return [];
  }
}

function read(store: Storage, key: string): Draft[] {
  try {
    const all = JSON.parse(store.getItem(key) ?? "[]") as Draft[];
    return all.filter((d) => typeof d.text === "string" && Date.now() - d.at < days * 86_400_000);
  } catch {
    return [];
  }
}

function write(store: Storage, key: string, all: Draft[]) {
  try {
    if (all.length > 0) store.setItem(key, JSON.stringify(all));
    else store.removeItem(key);
  } catch {
    // A browser that is full or keeps nothing has no drafts.
  }
}

/** draftsOf are somebody's drafts about something, the newest first. */
export function draftsOf(user: string, about: string): Draft[] {
  return stores()
    .flatMap((s) => read(s, keyOf(user, about)))
    .sort((a, b) => b.at - a.at);
}

/** keepDraft keeps a draft in the place of an earlier one of the same id. */
export function keepDraft(user: string, about: string, draft: Draft) {
  dropDraft(user, about, draft.id);
  const [lasting, ofTab] = stores();
  const store = personal(draft.text) ? ofTab : lasting;
  if (store) write(store, keyOf(user, about), [draft, ...read(store, keyOf(user, about))].slice(0, most));
}

export function dropDraft(user: string, about: string, id: string) {
  const key = keyOf(user, about);
  for (const s of stores())
    write(
      s,
      key,
      read(s, key).filter((d) => d.id !== id),
    );
}

/** forgetDrafts forgets all drafts but those of one user. */
export function forgetDrafts(but?: string) {
  const mine = but === undefined ? undefined : keyOf(but, "").slice(0, -4);
  for (const s of stores())
    for (const key of Object.keys(s)) {
      if (key.startsWith(prefix) && !(mine && key.startsWith(mine))) s.removeItem(key);
    }
}
