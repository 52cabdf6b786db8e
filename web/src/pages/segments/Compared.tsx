import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Editors } from "../../access/Editors";
import { call, client, type Schema } from "../../api/client";
import { segmentKeys } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Loaded } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { messages } from "./messages";
import classes from "./segments.module.css";

interface Props {
  segment: Schema["Segment"];
  version: Schema["Version"];
  asOf: string | undefined;
}

/** Compared says whom an earlier version would take in and leave out, and makes it the current one again. */
export function Compared({ segment: s, version: v, asOf }: Props) {
  const t = useMessages(messages);
  const f = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const path = { name: s.name };
  const day = asOf ? { as_of: asOf } : {};
  const preview = useQuery({
    queryKey: ["segments", s.name, "preview", v.expression, s.version, asOf],
    queryFn: ({ signal }) =>
      call(
        client.POST("/api/v1/segments/{name}/preview", {
          params: { path },
          body: { expression: v.expression, ...day },
          signal,
        }),
      ),
  });
  const save = async (expression: string, note: string) => {
    await call(client.PATCH("/api/v1/segments/{name}", { params: { path }, body: { expression, note } }));
    await call(client.POST("/api/v1/refresh", { body: { segments: [s.name], ...day } }));
  };
  const settled = {
    onError: (err: unknown) => toast.failed(err),
    onSettled: () => Promise.all(segmentKeys.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  };
  const back = useMutation({ mutationFn: () => save(s.expression ?? "", t.restoredNote(s.version)), ...settled });
  const restore = useMutation({
    mutationFn: () => save(v.expression, t.restoredNote(v.number)),
    onSuccess: () => toast.done(t.restored(v.number), () => back.mutate()),
    ...settled,
  });
  return (
    <section className={classes.compared} aria-label={t.compareVersion(v.number)}>
      <div className={classes.definitions}>
        <div>
          {t.versionNow(s.version)}
          <pre className={classes.expression}>{s.expression}</pre>
        </div>
        <div>
          {t.versionThen(v.number)}
          <pre className={classes.expression}>{v.expression}</pre>
        </div>
      </div>
      <Loaded query={preview} lines={1}>
        {(p) => (
          <p>
            {t.wouldBe(
              v.number,
              f.count(p.before),
              f.count(p.after),
              f.count(p.joined),
              f.count(p.left),
              f.asOf(p.as_of),
            )}
          </p>
        )}
      </Loaded>
      <Editors>
        <Button loading={restore.isPending} onClick={() => restore.mutate()}>
          {t.restoreVersion(v.number)}
        </Button>
      </Editors>
    </section>
  );
}
