import { Button, Group, Modal, Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useCommon } from "../../i18n/common";
import { useMessages } from "../../i18n/language";
import { ErrorState } from "../../parts/states";
import { useToast } from "../../parts/toast";
import classes from "./builder.module.css";
import { Movers } from "./Movers";
import { messages } from "./messages";

/** Save makes a segment of the expression, or a new version of one; it says first who comes in and who goes out. */
export function Save(props: {
  opened: boolean;
  onClose: () => void;
  edited: Schema["Segment"] | undefined;
  expression: string;
  count: number;
  asOf: string | undefined;
  catalogue: Schema["Catalogue"];
  onSaved: () => void;
}) {
  const t = useMessages(messages);
  const common = useCommon();
  const { edited, expression, asOf, opened, onClose } = props;
  const f = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState(edited?.description ?? "");
  const [owner, setOwner] = useState(edited?.owner ?? "");
  const [tags, setTags] = useState<string[]>(edited?.tags ?? []);
  const [note, setNote] = useState("");

  const preview = useQuery({
    queryKey: ["preview", edited?.name, expression, asOf],
    queryFn: ({ signal }) =>
      call(
        client.POST("/api/v1/segments/{name}/preview", {
          params: { path: { name: edited?.name ?? "" } },
          body: { expression, ...(asOf ? { as_of: asOf } : {}) },
          signal,
        }),
      ),
    enabled: opened && edited !== undefined,
  });

  const save = useMutation({
    mutationFn: async () => {
      if (edited) {
        await call(
          client.PATCH("/api/v1/segments/{name}", {
            params: { path: { name: edited.name } },
            body: {
              expression,
              // As they were shown they may be in another language than they were written in.
              ...(description !== edited.description && { description }),
              ...(tags.join("\n") !== edited.tags.join("\n") && { tags }),
              owner,
              note,
              version: edited.version,
            },
          }),
        );
        return edited.name;
      }
      const s = await call(
        client.POST("/api/v1/segments", { body: { name: name.trim(), expression, description, owner, tags, note } }),
      );
      return s.name;
    },
    onSuccess: async (saved) => {
      // The members are those of a refresh, so a saved definition is refreshed at once.
      try {
        await call(client.POST("/api/v1/refresh", { body: { segments: [saved], ...(asOf ? { as_of: asOf } : {}) } }));
      } catch (err) {
        toast.failed(err);
      }
      for (const key of ["segments", "catalogue", "runs"]) await queries.invalidateQueries({ queryKey: [key] });
      props.onSaved();
      onClose();
      toast.done(t.saved(saved));
      await navigate({ to: "/segments/$name", params: { name: saved }, search: { asOf } });
    },
  });

  const moving = (joined: number, left: number) => {
    if (joined === 0) return left === 0 ? t.saveNobody : t.saveOut(f.count(left));
    return left === 0 ? t.saveIn(f.count(joined)) : t.saveInOut(f.count(joined), f.count(left));
  };
  const p = preview.data;
  const action = edited ? (p ? moving(p.joined, p.left) : t.saveChanges) : moving(props.count, 0);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={edited ? t.editTitle(edited.name) : t.save}
      closeButtonProps={{ "aria-label": common.close }}
      size="lg"
    >
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="sm">
          <pre className={classes.preview}>{expression}</pre>
          {edited && p && (
            <p className={classes.moves}>
              {t.moves(f.count(p.before), f.count(p.after))}{" "}
              <b className={classes.joined}>{t.joins(f.count(p.joined))}</b>,{" "}
              <b className={classes.left}>{t.leaves(f.count(p.left))}</b>.
            </p>
          )}
          <Movers
            expression={expression}
            before={edited?.expression}
            joined={edited ? (p?.joined ?? 0) : props.count}
            left={p?.left ?? 0}
            asOf={asOf}
            catalogue={props.catalogue}
          />
          {preview.error && <ErrorState error={preview.error} retry={() => void preview.refetch()} />}
          {!edited && (
            <TextInput
              label={t.name}
              placeholder={t.namePlaceholder}
              value={name}
              onChange={(e) => setName(e.currentTarget.value)}
              required
              maxLength={200}
              data-autofocus
            />
          )}
          <Textarea
            label={t.description}
            value={description}
            onChange={(e) => setDescription(e.currentTarget.value)}
            autosize
            minRows={2}
          />
          <TextInput
            label={t.owner}
            description={t.ownerHint}
            value={owner}
            onChange={(e) => setOwner(e.currentTarget.value)}
            maxLength={200}
          />
          <TagsInput size="xs" label={t.tags} value={tags} onChange={setTags} />
          {edited && <TextInput label={t.note} value={note} onChange={(e) => setNote(e.currentTarget.value)} />}
          {save.error && <ErrorState error={save.error} title={t.notSaved} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!edited && name.trim() === ""}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
