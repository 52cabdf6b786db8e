import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, client, type Schema } from "../../api/client";
import { dataQuery, segmentKeys, segmentsQuery } from "../../api/queries";
import { sessionQuery } from "../../api/session";
import { lastDay } from "../../api/span";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { useToast } from "../toast";
import { messages } from "./messages";

/** useStale makes all that shows segments ask again. */
function useStale() {
  const queries = useQueryClient();
  return () => Promise.all(segmentKeys.map((queryKey) => queries.invalidateQueries({ queryKey })));
}

/**
 * useRefresh evaluates segments again, all if none are named, as of a day or of
 * the last one that the data tells of: later, everybody would have gone quiet.
 */
export function useRefresh(asOf?: string) {
  const t = useMessages(messages);
  const f = useFormat();
  const toast = useToast();
  const data = useQuery(dataQuery);
  const day = asOf ?? lastDay(data.data);
  return useMutation({
    mutationFn: (segments: string[]) =>
      call(client.POST("/api/v1/refresh", { body: { segments, ...(day ? { as_of: day } : {}) } })),
    onSuccess: (r) => {
      const failed = r.runs.filter((run) => run.error);
      const [run, ...others] = r.runs.filter((x) => !x.error);
      if (failed.length > 0)
        toast.failed(new Error(failed[0]?.error), t.refreshFailed(f.list(failed.map((x) => x.segment))));
      if (run && others.length === 0)
        toast.done(t.refreshedOne(f.count(run.members), f.count(run.joined), f.count(run.left)));
      else if (run) toast.done(t.refreshed(f.count(1 + others.length), false, f.asOf(r.as_of)));
    },
    onError: (err) => toast.failed(err),
    onSettled: useStale(),
  });
}

type Ownership = Pick<Schema["Segment"], "name" | "owner">;

/** useAssign says who answers for segments; it can be undone. */
export function useAssign() {
  const t = useMessages(messages);
  const toast = useToast();
  const stale = useStale();
  const save = async (all: Ownership[]) => {
    for (const { name, owner } of all)
      await call(client.PATCH("/api/v1/segments/{name}", { params: { path: { name } }, body: { owner } }));
  };
  const back = useMutation({
    mutationFn: save,
    onSuccess: () => toast.done(t.ownersBack),
    onError: (err) => toast.failed(err),
    onSettled: stale,
  });
  return useMutation({
    mutationFn: ({ segments, owner }: { segments: Ownership[]; owner: string }) =>
      save(segments.map(({ name }) => ({ name, owner }))),
    onSuccess: (_, { segments, owner }) =>
      toast.done(t.assigned(segments.length, segments[0]?.name ?? "", owner), () => back.mutate(segments)),
    onError: (err) => toast.failed(err),
    onSettled: stale,
  });
}

/** useArchive puts segments away, or takes them back; either can be undone. */
export function useArchive() {
  const t = useMessages(messages);
  const toast = useToast();
  const stale = useStale();
  const archive = useMutation({
    mutationFn: async ({ names, archived }: { names: string[]; archived: boolean }) => {
      for (const name of names)
        await call(client.PATCH("/api/v1/segments/{name}", { params: { path: { name } }, body: { archived } }));
    },
    onSuccess: (_, { names, archived }) =>
      toast.done((archived ? t.archived : t.restored)(names.length, names[0] ?? ""), () =>
        archive.mutate({ names, archived: !archived }),
      ),
    onError: (err) => toast.failed(err),
    onSettled: stale,
  });
  return archive;
}

/** useOwners are the people who answer for a segment already, and who is signed in. */
export function useOwners(): string[] {
  const segments = useQuery(segmentsQuery);
  const session = useQuery(sessionQuery);
  const names = (segments.data ?? []).map((s) => s.owner);
  if (session.data?.name) names.push(session.data.name);
  return [...new Set(names.filter(Boolean))].sort((a, b) => a.localeCompare(b));
}
