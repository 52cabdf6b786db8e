import { ActionIcon, Badge, Button, Select, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Editors } from "../../access/Editors";
import { call, client } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { useConfirm } from "../../parts/confirm";
import { Loaded } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { messages, verdictColours } from "./messages";
import classes from "./prove.module.css";
import { feedbackQuery } from "./queries";

const verdicts = ["good", "fair", "poor"] as const;
const criteria = ["measurable", "substantial", "reachable", "differentiable", "stable", "actionable"] as const;
type Criterion = (typeof criteria)[number];
type Verdict = (typeof verdicts)[number];

/** Feedback is what the people who sell to a segment say of it. */
export function Feedback({ segment }: { segment: string }) {
  const t = useMessages(messages);
  const f = useFormat();
  const toast = useToast();
  const confirm = useConfirm();
  const queries = useQueryClient();
  const q = useQuery(feedbackQuery(segment));
  const [verdict, setVerdict] = useState<Verdict>("good");
  const [note, setNote] = useState("");
  const [criterion, setCriterion] = useState<Criterion | null>(null);
  const [author, setAuthor] = useState("");
  const stale = () => queries.invalidateQueries({ queryKey: ["feedback", segment] });
  const say = useMutation({
    mutationFn: () =>
      call(
        client.POST("/api/v1/segments/{name}/feedback", {
          params: { path: { name: segment } },
          body: { verdict, note, author, ...(criterion ? { criterion } : {}) },
        }),
      ),
    onSuccess: () => {
      setNote("");
      toast.done(t.thanks);
    },
    onError: toast.failed,
    onSettled: stale,
  });
  const remove = useMutation({
    mutationFn: (id: number) =>
      call(client.DELETE("/api/v1/segments/{name}/feedback/{id}", { params: { path: { name: segment, id } } })),
    onError: (err) => toast.failed(err),
    onSettled: stale,
  });
  return (
    <>
      <Loaded query={q}>
        {(l) =>
          l.feedback.length === 0 ? (
            <p className={classes.quiet}>{t.noFeedback}</p>
          ) : (
            <ul className={classes.said}>
              {l.feedback.map((x) => (
                <li key={x.id}>
                  <Badge color={verdictColours[x.verdict]} variant="dot">
                    {t.grades[x.verdict]}
                  </Badge>
                  {x.criterion && <span>{t.criteria[x.criterion as Criterion] ?? x.criterion}:</span>}
                  <span>{x.note || "–"}</span>
                  <span className={classes.quiet}>
                    {x.author} · {f.date(x.given)}
                  </span>
                  <Editors>
                    <ActionIcon
                      aria-label={t.takeBack}
                      onClick={async () => {
                        if (
                          await confirm({
                            title: t.takeBack,
                            text: x.note || t.grades[x.verdict],
                            action: t.takeBack,
                            danger: true,
                          })
                        )
                          remove.mutate(x.id);
                      }}
                    >
                      <IconTrash size={14} />
                    </ActionIcon>
                  </Editors>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <Editors>
        <form
          className={classes.sayForm}
          onSubmit={(e) => {
            e.preventDefault();
            say.mutate();
          }}
        >
          <Select
            label={t.yourVerdict}
            data={verdicts.map((v) => ({ value: v, label: t.grades[v] }))}
            value={verdict}
            onChange={(v) => v && setVerdict(v as Verdict)}
            allowDeselect={false}
            w={130}
          />
          <Select
            label={t.aboutWhat}
            data={criteria.map((c) => ({ value: c, label: t.criteria[c] }))}
            value={criterion}
            onChange={(v) => setCriterion(v as Criterion | null)}
            placeholder={t.asWhole}
            clearable
            w={170}
          />
          <TextInput
            className={classes.note}
            label={t.note}
            value={note}
            onChange={(e) => setNote(e.currentTarget.value)}
            maxLength={2000}
          />
          <TextInput
            label={t.author}
            value={author}
            onChange={(e) => setAuthor(e.currentTarget.value)}
            maxLength={200}
            w={160}
          />
          <Button type="submit" variant="default" loading={say.isPending}>
            {t.say}
          </Button>
        </form>
      </Editors>
    </>
  );
}
