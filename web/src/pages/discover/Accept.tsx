import { Button, Checkbox, Group, Modal, Radio, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { segmentsQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { useCommon } from "../../i18n/common";
import { useMessages } from "../../i18n/language";
import { ErrorState } from "../../parts/states";
import { useToast } from "../../parts/toast";
import classes from "./discover.module.css";
import { messages } from "./messages";

/** Accept makes segments of what was found: those that are chosen, under names that people give them. */
export function Accept(props: {
  opened: boolean;
  onClose: () => void;
  discovery: Schema["Discovery"];
  solution: Schema["Solution"];
}) {
  const { opened, onClose, discovery: d, solution: s } = props;
  const t = useMessages(messages);
  const common = useCommon();
  const f = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [by, setBy] = useState<"rule" | "model" | "typing">("rule");
  const [names, setNames] = useState<Record<number, string>>({});
  const [left, setLeft] = useState<Record<number, boolean>>({});
  const [owner, setOwner] = useState("");
  const nameOf = (i: number) => names[i] ?? `${d.name}: ${s.segments[i]?.name ?? i + 1}`;
  const chosen = s.segments.map((_, i) => i).filter((i) => !left[i] && (by !== "rule" || s.segments[i]?.rule));

  const typing = d.typing.some((x) => x.k === s.k);
  const taken = new Set(useQuery(segmentsQuery).data?.map((x) => x.name.toLowerCase()));
  const wrong = (i: number) => {
    const name = nameOf(i).trim().toLowerCase();
    if (!chosen.includes(i)) return undefined;
    if (name === "") return t.nameMissing;
    if (taken.has(name)) return t.nameTaken;
    return chosen.some((j) => j < i && nameOf(j).trim().toLowerCase() === name) ? t.nameTwice : undefined;
  };
  const total = (pick: (x: Schema["FoundSegment"]) => number) =>
    f.count(chosen.reduce((sum, i) => sum + (s.segments[i] ? pick(s.segments[i]) : 0), 0));

  const accept = useMutation({
    mutationFn: async () => {
      const made = await call(
        client.POST("/api/v1/discoveries/{name}/accept", {
          params: { path: { name: d.name } },
          body: { k: s.k, by, segments: chosen.map((i) => i + 1), names: chosen.map(nameOf), owner },
        }),
      );
      // The members are those of a refresh. If that fails they are made all the same, and the list says so.
      await call(
        client.POST("/api/v1/refresh", { body: { segments: made.segments.map((x) => x.name), as_of: d.as_of } }),
      ).catch(toast.failed);
      return made;
    },
    onSuccess: async (made) => {
      for (const key of ["segments", "catalogue", "runs"]) await queries.invalidateQueries({ queryKey: [key] });
      onClose();
      toast.done(t.accepted(f.count(made.segments.length)));
      await navigate({ to: "/segments", search: { q: d.name } });
    },
  });

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t.acceptTitle(s.segments.length)}
      size="lg"
      closeButtonProps={{ "aria-label": common.close }}
    >
      <form
        onSubmit={(e) => {
          e.preventDefault();
          accept.mutate();
        }}
      >
        <Stack gap="sm">
          <Radio.Group label={t.acceptBy} value={by} onChange={(v) => setBy(v as typeof by)}>
            <Stack gap={6} mt={4}>
              <Radio value="rule" label={t.byRule} description={t.byRuleText} />
              <Radio value="model" label={t.byModel} description={t.byModelText} />
              {typing && <Radio value="typing" label={t.byTyping} description={t.byTypingText} />}
            </Stack>
          </Radio.Group>
          {s.segments.map((x, i) => (
            <Group key={x.name} wrap="nowrap" gap="sm" align="flex-start">
              <Checkbox
                aria-label={t.take(i + 1)}
                checked={chosen.includes(i)}
                disabled={by === "rule" && !x.rule}
                mt={6}
                onChange={(e) => setLeft({ ...left, [i]: !e.currentTarget.checked })}
              />
              <TextInput
                aria-label={t.nameOf(i + 1)}
                value={nameOf(i)}
                onChange={(e) => setNames({ ...names, [i]: e.currentTarget.value })}
                disabled={!chosen.includes(i)}
                error={wrong(i)}
                maxLength={200}
                flex={1}
              />
              <span className={classes.acceptSize}>
                {f.count(by === "rule" ? (x.rule?.holds ?? 0) : x.size)}
                {by === "rule" && x.rule && (
                  <span className={classes.quiet}>
                    {" "}
                    +{f.count(x.rule.joins)} −{f.count(x.rule.leaves)}
                  </span>
                )}
              </span>
            </Group>
          ))}
          <TextInput label={t.owner} value={owner} onChange={(e) => setOwner(e.currentTarget.value)} maxLength={200} />
          <p className={classes.will}>
            {by === "rule"
              ? t.willRule(
                  total((x) => x.rule?.holds ?? 0),
                  total((x) => x.rule?.joins ?? 0),
                  total((x) => x.rule?.leaves ?? 0),
                  f.asOf(d.as_of),
                )
              : t.willModel(
                  total((x) => x.size),
                  f.asOf(d.as_of),
                )}{" "}
            {owner.trim() ? t.willOwn(owner.trim()) : t.willNobody}
          </p>
          {accept.error && <ErrorState error={accept.error} title={t.notAccepted} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
            <Button
              type="submit"
              loading={accept.isPending}
              disabled={chosen.length === 0 || chosen.some((i) => wrong(i) !== undefined)}
            >
              {t.make(f.count(chosen.length))}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
