import { Button, Checkbox, Group, NumberInput, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { lastDay } from "../../api/span";
import { useMessages } from "../../i18n/language";
import { AsOf } from "../../parts/AsOf";
import { FormBox, FormFields } from "../../parts/FormBox";
import { ErrorState, Loading } from "../../parts/states";
import classes from "./discover.module.css";
import { Features, type Use } from "./Features";
import { messages } from "./messages";
import { featuresQuery } from "./queries";

type Request = Schema["DiscoverRequest"];
type Method = NonNullable<Request["method"]>;

const methods: Method[] = [
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
];

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

/** offersOf are terms that could be features. */
const offersOf = (c: Schema["Catalogue"]) => [
  ...c.traits.filter((x) => x.kind === "person" && x.type !== "location").map((x) => x.name),
  ...c.events.flatMap((e) => [
    `count of ${e.name}`,
    `last ${e.name}`,
    `median gap of ${e.name}`,
    ...e.properties
      .filter((p) => p.type === "number")
      .flatMap((p) => [`sum(${p.name}) of ${e.name}`, `avg(${p.name}) of ${e.name}`]),
  ]),
];

/** free is the name, or where it is taken the name with the next number. */
function free(name: string, taken: string[]): string {
  const has = (n: string) => taken.some((x) => x.toLowerCase() === n.toLowerCase());
  let n = 1;
  while (has(n === 1 ? name : `${name} ${n}`)) n++;
  return n === 1 ? name : `${name} ${n}`;
}

/** Start says whom to divide, by what, and how, and shows how the features are spread. */
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
  const offers = useMemo(() => offersOf(catalogue), [catalogue]);
  const [written, setName] = useState<string>();
  const [among, setAmong] = useState("");
  const [preset, setPreset] = useState<string>(presets[0] ?? "own");
  const [on, setOn] = useState<string[]>([]);
  const [left, setLeft] = useState<string[]>([]);
  const [use, setUse] = useState<Record<string, Use>>({});
  const [method, setMethod] = useState<Method>("auto");
  const [missing, setMissing] = useState<NonNullable<Request["missing"]>>("auto");
  const [range, setRange] = useState({ from: 2, to: 6 });
  const [asOf, setAsOf] = useState(lastDay(data));
  const [sensitive, setSensitive] = useState(false);
  const own = preset === "own";
  const called = own ? t.ownFeatures : (t.presets[preset] ?? preset);
  const name = written ?? free(called, taken);

  const looked = useMemo(
    (): Omit<Request, "name"> => ({
      ...(among.trim() ? { among: among.trim() } : {}),
      ...(own ? { on } : { preset }),
      ...(asOf ? { as_of: asOf } : {}),
      ...(missing === "auto" ? {} : { missing }),
      ...(sensitive ? { allow_sensitive: true } : {}),
      use: Object.entries(use)
        .filter(([, how]) => how !== "auto")
        .map(([feature, how]) => `${feature}=${how}`),
    }),
    [among, own, on, preset, asOf, missing, sensitive, use],
  );
  // What is typed is looked at when the typing pauses.
  const [paused] = useDebouncedValue(looked, 350);
  const preview = useQuery({ ...featuresQuery({ name: "-", ...paused }), enabled: !own || on.length > 0 });
  const shown = own && on.length === 0 ? undefined : preview.data;
  const kept = shown?.features.filter((x) => !left.includes(x.name)).length;

  const start = useMutation({
    mutationFn: () =>
      call(
        client.POST("/api/v1/discoveries", {
          body: {
            name: name.trim(),
            ...looked,
            without: left.filter((n) => shown?.features.some((x) => x.name === n)),
            method,
            k: range.from === range.to ? String(range.from) : `${range.from}..${range.to}`,
          },
        }),
      ),
    onSuccess: (job) => onStarted(job.id, name.trim()),
  });
  const anew = () => {
    setLeft([]);
    setUse({});
  };

  return (
    <FormBox onSubmit={() => start.mutate()}>
      <Textarea
        label={t.among}
        description={t.amongHint}
        placeholder="did purchase within last 12 months"
        value={among}
        onChange={(e) => setAmong(e.currentTarget.value)}
        autosize
        minRows={1}
      />
      <FormFields>
        <Select
          label={t.by}
          data={[
            ...presets.map((p) => ({ value: p, label: t.presets[p] ?? p })),
            { value: "own", label: t.ownFeatures },
          ]}
          value={preset}
          onChange={(v) => {
            if (!v) return;
            setPreset(v);
            anew();
          }}
          allowDeselect={false}
        />
        <AsOf value={asOf} onChange={setAsOf} labelled />
        <Select
          label={t.missingValues}
          data={(["auto", "mean", "zero", "exclude"] as const).map((v) => ({ value: v, label: t.fills[v] }))}
          value={missing}
          onChange={(v) => v && setMissing(v as typeof missing)}
          allowDeselect={false}
        />
      </FormFields>
      {own && (
        <TagsInput
          label={t.features}
          description={t.featuresHint}
          size="xs"
          data={offers}
          value={on}
          onChange={setOn}
          acceptValueOnBlur
        />
      )}
      {preview.error && (!own || on.length > 0) ? (
        <ErrorState error={preview.error} title={t.notPreviewed} retry={preview.refetch} />
      ) : shown ? (
        <Features preview={shown} left={left} onLeft={setLeft} use={use} onUse={setUse} />
      ) : (
        preview.isFetching && <Loading lines={3} height={34} />
      )}
      <Checkbox
        label={t.sensitive}
        description={t.sensitiveHint}
        checked={sensitive}
        onChange={(e) => setSensitive(e.currentTarget.checked)}
      />
      <FormFields>
        <Select
          label={t.method}
          data={methods.map((m) => ({ value: m, label: t.methods[m] ?? m }))}
          value={method}
          onChange={(v) => v && setMethod(v as Method)}
          renderOption={({ option }) => (
            <div>
              <div>{option.label}</div>
              <div className={classes.quiet}>{t.methodTexts[option.value]}</div>
            </div>
          )}
          comboboxProps={{ width: 380, position: "bottom-start" }}
          maxDropdownHeight={420}
          allowDeselect={false}
        />
        <Group gap={6} wrap="nowrap" align="flex-end">
          <NumberInput
            label={t.from}
            value={range.from}
            min={1}
            max={50}
            onChange={(v) => typeof v === "number" && setRange({ ...range, from: v })}
            w={90}
          />
          <NumberInput
            label={t.to}
            value={range.to}
            min={range.from}
            max={50}
            onChange={(v) => typeof v === "number" && setRange({ ...range, to: v })}
            w={90}
          />
        </Group>
        <TextInput
          label={t.name}
          placeholder={t.namePlaceholder}
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          required
          maxLength={150}
        />
      </FormFields>
      <p className={classes.previewed}>{t.methodTexts[method]}</p>
      {start.error && <ErrorState error={start.error} title={t.notStarted} />}
      <Group>
        <Button
          type="submit"
          loading={start.isPending}
          disabled={name.trim() === "" || (own && on.length === 0) || kept === 0}
        >
          {t.run}
        </Button>
      </Group>
    </FormBox>
  );
}
