import {
  Autocomplete,
  Button,
  Code,
  Group,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Failure } from "../../access/SignIn";
import { call, client, type Schema } from "../../api/client";
import { catalogueQuery, importsQuery, settingsQuery } from "../../api/queries";
import { may, sessionQuery } from "../../api/session";
import { makeFormat, useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Section } from "../../parts/PageHeader";
import { Loaded } from "../../parts/states";
import { useToast } from "../../parts/toast";
import { messages } from "./Settings";
import classes from "./settings.module.css";
import { useHidden } from "./small";
import { Thresholds } from "./Thresholds";

/** Workspace shows the settings of the workspace; an admin changes them. */
export function Workspace() {
  const settings = useQuery(settingsQuery);
  return <Loaded query={settings}>{(s) => <Form key={JSON.stringify(s)} settings={s} />}</Loaded>;
}

const zones = Intl.supportedValuesOf("timeZone");

function Form({ settings }: { settings: Schema["Settings"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const toast = useToast();
  const queries = useQueryClient();
  const session = useQuery(sessionQuery);
  const catalogue = useQuery(catalogueQuery);
  const imports = useQuery(importsQuery);
  const worth = useQuery({
    queryKey: ["worth", "year"],
    queryFn: ({ signal }) => call(client.GET("/api/v1/worth", { params: { query: { period: "year" } }, signal })),
    staleTime: 10 * 60_000,
  });
  const [draft, setDraft] = useState(settings);
  const admin = may(session.data, "admin");
  const filled = imports.data?.imports.some((i) => i.state === "committed") ?? true;

  const save = useMutation({
    mutationFn: (body: Schema["Settings"]) => call(client.PUT("/api/v1/settings", { body })),
    onSuccess: (now) => {
      queries.setQueryData(settingsQuery.queryKey, now);
      void queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "settings" });
      toast.done(t.saved);
    },
  });
  const set = (part: Partial<Schema["Settings"]>) => setDraft({ ...draft, ...part });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    save.mutate({
      ...draft,
      value: draft.value ?? "",
      contact_details: draft.contact_details ?? [],
      not_contact_details: draft.not_contact_details ?? [],
    });
  };
  const known = /^[A-Z]{3}$/.test(draft.currency);
  // What the settings do is shown as they stand in the form.
  const sample = makeFormat(draft.language ?? "en", draft.time_zone, known ? draft.currency : settings.currency);
  const hidden = useHidden(draft.small_cell ?? 5);
  const names = [...new Set(catalogue.data?.traits.map((x) => x.name))].sort();
  const contacts = [...new Set(catalogue.data?.traits.filter((x) => x.contact).map((x) => x.name))];
  return (
    <form onSubmit={submit}>
      <Stack gap="md" className={classes.form}>
        {!admin && (
          <Text size="sm" c="dimmed">
            {t.onlyAdmins}
          </Text>
        )}
        <Select
          label={t.language}
          description={`${t.languageText} ${t.languageExample(sample.number(12345.6), sample.date(new Date().toISOString()))}`}
          data={[
            { value: "en", label: t.english },
            { value: "da", label: t.danish },
          ]}
          value={draft.language ?? "en"}
          onChange={(v) => v && set({ language: v as "en" | "da" })}
          allowDeselect={false}
          disabled={!admin}
        />
        <TextInput
          label={t.currency}
          description={`${t.currencyText} ${known ? t.currencyExample(sample.money(12345)) : ""}`}
          value={draft.currency}
          maxLength={3}
          onChange={(e) => set({ currency: e.currentTarget.value.toUpperCase() })}
          error={known ? undefined : t.currencyWrong}
          disabled={!admin}
        />
        <Select
          label={t.timeZone}
          description={`${filled ? t.timeZoneFixed : t.timeZoneText} ${t.timeZoneExample(sample.dateTime(new Date().toISOString()))}`}
          data={zones.includes(draft.time_zone) ? zones : [draft.time_zone, ...zones]}
          value={draft.time_zone}
          onChange={(v) => v && set({ time_zone: v })}
          searchable
          allowDeselect={false}
          disabled={!admin || filled}
        />
        <NumberInput
          label={t.smallCell}
          description={`${t.smallCellText} ${t.smallCellExample(draft.small_cell ?? 5)} ${hidden}`.trim()}
          min={1}
          max={1000}
          allowDecimal={false}
          value={draft.small_cell ?? 5}
          onChange={(v) => typeof v === "number" && set({ small_cell: v })}
          disabled={!admin}
        />
        <Autocomplete
          size="xs"
          label={t.value}
          description={worth.data?.expression && !draft.value ? t.valueFound(worth.data.expression) : t.valueText}
          placeholder={worth.data?.expression || "sum(amount) of purchase"}
          data={worth.data?.choices.map((c) => c.expression)}
          value={draft.value ?? ""}
          maxLength={2000}
          onChange={(v) => set({ value: v })}
          disabled={!admin}
        />
        <Section title={t.thresholds}>
          <Stack gap="sm">
            <Text size="sm" c="dimmed">
              {t.thresholdsText}
            </Text>
            <Thresholds
              value={draft.thresholds ?? {}}
              onChange={(thresholds) => set({ thresholds })}
              disabled={!admin}
            />
          </Stack>
        </Section>
        <Section title={t.contacts}>
          <Stack gap="sm">
            <Text size="sm" c="dimmed">
              {t.contactsText} {contacts.length > 0 ? t.contactsNow(f.list(contacts)) : t.contactsNone}
            </Text>
            <TagsInput
              size="xs"
              label={t.contactAlways}
              data={names}
              value={draft.contact_details ?? []}
              onChange={(v) => set({ contact_details: v })}
              disabled={!admin}
            />
            <TagsInput
              size="xs"
              label={t.contactNever}
              data={names}
              value={draft.not_contact_details ?? []}
              onChange={(v) => set({ not_contact_details: v })}
              disabled={!admin}
            />
          </Stack>
        </Section>
        {save.error && <Failure error={save.error} />}
        {admin && (
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!known}>
              {t.save}
            </Button>
          </Group>
        )}
        {session.data && !session.data.accounts && (
          <Section title={t.accounts}>
            <Text size="sm" c="dimmed" mb="xs">
              {t.accountsText}
            </Text>
            <Code>kreds serve --accounts</Code>
          </Section>
        )}
      </Stack>
    </form>
  );
}
