import { queryOptions, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { call, client, onUnknownCaller, type Schema } from "./client";

export type Identity = Schema["Identity"];

/** Who is signed in, and whether anybody has to be. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => call(client.GET("/api/v1/session", { signal })),
  staleTime: 60_000,
});

let ended = false;
const listeners = new Set<() => void>();

/** sessionEnded notes whether the server stopped knowing who asks. */
export function sessionEnded(now: boolean) {
  if (ended === now) return;
  ended = now;
  for (const tell of listeners) tell();
}

onUnknownCaller(() => sessionEnded(true));

/** onSignedInAgain tells when somebody has signed in after a session ended. */
export function onSignedInAgain(tell: () => void) {
  listeners.add(() => {
    if (!ended) tell();
  });
}

/** useSessionEnded is true from the first answer that says to sign in, until somebody has. */
export function useSessionEnded() {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => ended,
  );
}

type Role = "viewer" | "editor" | "admin";

/** may reports whether somebody has at least a role. */
export function may(who: Identity | undefined, role: Role) {
  const rank = { none: 0, viewer: 1, editor: 2, admin: 3 };
  return who !== undefined && rank[who.role] >= rank[role];
}

/** useMay reports whether whoever is signed in has at least a role. */
export const useMay = (role: Role) => may(useQuery(sessionQuery).data, role);
