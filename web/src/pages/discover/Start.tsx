import { Button, Checkbox, Group, NumberInput, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { lastDay } from "../../api/span";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { AsOf } from "../../parts/AsOf";
import { Bins } from "../../parts/Bins";
import { FormBox, FormFields } from "../../parts/FormBox";
import { ErrorState } from "../../parts/states";
import { messages } from "./Discoveries";
import classes from "./discover.module.css";

const methods = [
  "auto",
  "kmeans",
  "kmedians",
  "spherical",
  "kprototypes",
  "mixture",
  "lca",
  "ward",
  "hdbscan",
  "rfm",
] as const;

/** presetsOf are the recipes that the data has something for. */
function presetsOf(c: Schema["Catalogue"]): string[] {
  const surveys = new Set<string>();
  for (const t of c.traits) {
    const [space, name] = t.name.split(".");
    if (space === "survey" && name) surveys.add(`survey:${name}`);
  }
  return [
    ...(c.events.length > 0 ? ["rfm", "value", "behaviour"] : []),
    ...surveys,
    ...(c.traits.some((t) => t.kind === "company") ? ["firmographic"] : []),
  ];
}

/** free is the name, or where it is taken the name with the next number. */
function free(name: string, taken: string[]): string {
  const has = (n: string) => taken.some((x) => x.toLowerCase() === n.toLowerCase());
  let n = 1;
  while (has(n === 1 ? name : `${name} ${n}`)) n++;
  return n === 1 ? name : `${name} ${n}`;
}

/** Start says whom to divide, by what, and how. */
export function Start(props: {
  data: Schema["Data"];
  catalogue: Schema["Catalogue"];
  /** The names of the discoveries that are kept. */
  taken: string[];
  onStarted: (job: string, name: string) => void;
}) {
  const t = useMessages(messages);
  const { data, catalogue, taken, onStarted } = props;
  const presets = useMemo(() => presetsOf(catalogue), [catalogue]);
  const [written, setName] = useState<string>();
  const [among, setAmong] = useState("");
  const [preset, setPreset] = useState<string>(presets[0] ?? "own");
  const [on, setOn] = useState<string[]>([]);
  const [method, setMethod] = useState<(typeof methods)[number]>("auto");
  const [from, setFrom] = useState(2);
  const [to, setTo] = useState(6);
  const [asOf, setAsOf] = useState(lastDay(data));
  const [sensitive, setSensitive] = useState(false);
  const own = preset === "own";
  const called = own ? t.ownFeatures : (t.presets[preset] ?? preset);
  const name = written ?? free(called, taken);

  const start = useMutation({
    mutationFn: () =>
      call(
        client.POST("/api/v1/discoveries", {
          body: {
            name: name.trim(),
            ...(among.trim() ? { among: among.trim() } : {}),
            ...(own ? { on } : { preset }),
            method,
            k: from === to ? String(from) : `${from}..${to}`,
            ...(asOf ? { as_of: asOf } : {}),
            ...(sensitive ? { allow_sensitive: true } : {}),
          },
        }),
      ),
    onSuccess: (job) => onStarted(job.id, name.trim()),
  });

  const offers = useMemo(
    () => [
      ...catalogue.traits.filter((x) => x.kind === "person" && x.type !== "location").map((x) => x.name),
      ...catalogue.events.flatMap((e) => [
        `count of ${e.name}`,
        `last ${e.name}`,
        `median gap of ${e.name}`,
        ...e.properties
          .filter((p) => p.type === "number")
          .flatMap((p) => [`sum(${p.name}) of ${e.name}`, `avg(${p.name}) of ${e.name}`]),
      ]),
    ],
    [catalogue],
  );
  const chosen = own ? data.traits.filter((c) => on.includes(c.name)) : [];

  return (
    <FormBox onSubmit={() => start.mutate()}>
      <FormFields>
        <TextInput
          label={t.name}
          placeholder={t.namePlaceholder}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          required
          maxLength={150}
        />
        <Select
          label={t.by}
          data={[
            ...presets.map((p) => ({ value: p, label: t.presets[p] ?? p })),
            { value: "own", label: t.ownFeatures },
          ]}
          value={preset}
          onChange={(v) => v && setPreset(v)}
          allowDeselect={false}
        />
        <Select
          label={t.method}
          data={methods.map((m) => ({ value: m, label: t.methods[m] ?? m }))}
          value={method}
          onChange={(v) => v && setMethod(v as (typeof methods)[number])}
          allowDeselect={false}
        />
        <Group gap={6} wrap="nowrap" align="flex-end">
          <NumberInput
            label={t.from}
            value={from}
            min={1}
            max={50}
            onChange={(v) => typeof v === "number" && setFrom(v)}
            w={90}
          />
          <NumberInput
            label={t.to}
            value={to}
            min={from}
            max={50}
            onChange={(v) => typeof v === "number" && setTo(v)}
            w={90}
          />
        </Group>
        <AsOf value={asOf} onChange={setAsOf} labelled />
      </FormFields>
      {own && (
        <>
          <TagsInput
            label={t.features}
            description={t.featuresHint}
            size="xs"
            data={offers}
            value={on}
            onChange={setOn}
            acceptValueOnBlur
          />
          {chosen.length > 0 && (
            <div className={classes.distributions}>
              {chosen.map((c) => (
                <Distribution key={c.name} column={c} />
              ))}
            </div>
          )}
          <Checkbox
            label={t.sensitive}
            description={t.sensitiveHint}
            checked={sensitive}
            onChange={(e) => setSensitive(e.currentTarget.checked)}
          />
        </>
      )}
      <Textarea
        label={t.among}
        description={t.amongHint}
        placeholder="did purchase within last 12 months"
        value={among}
        onChange={(e) => setAmong(e.currentTarget.value)}
        autosize
        minRows={1}
      />
      {start.error && <ErrorState error={start.error} title={t.notStarted} />}
      <Group>
        <Button type="submit" loading={start.isPending} disabled={name.trim() === "" || (own && on.length === 0)}>
          {t.run}
        </Button>
      </Group>
    </FormBox>
  );
}

function Distribution({ column: c }: { column: Schema["Column"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const counts = c.bins.length > 0 ? c.bins.map((b) => b.count) : c.top.map((v) => v.count);
  return (
    <div className={classes.distribution}>
      <div>{c.name}</div>
      <Bins counts={counts} label={t.distributionOf(c.name)} />
      <div className={classes.quiet}>{t.known(f.percent(c.coverage), f.count(c.distinct))}</div>
    </div>
  );
}
