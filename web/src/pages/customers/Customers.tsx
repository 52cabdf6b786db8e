import { SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch, IconUserSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { createLazyRoute, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { catalogueQuery, dataQuery } from "../../api/queries";
import { useFormat } from "../../format/format";
import { shown } from "../../format/value";
import { da } from "../../i18n/da/customers";
import { en } from "../../i18n/en/customers";
import { catalogue, useMessages } from "../../i18n/language";
import { DataTable } from "../../parts/DataTable";
import { PageHeader } from "../../parts/PageHeader";
import { Empty, ErrorState, Loading } from "../../parts/states";
import classes from "./customers.module.css";
import { customersRoute } from "./route";

export const messages = catalogue(en, da);

export const page = createLazyRoute("/customers")({ component: Customers });

function Customers() {
  const t = useMessages(messages);
  const f = useFormat();
  const { q, kind } = customersRoute.useSearch();
  const navigate = customersRoute.useNavigate();
  const data = useQuery(dataQuery);
  const cat = useQuery(catalogueQuery);
  const [text, setText] = useState(q ?? "");
  const [wanted] = useDebouncedValue(text.trim(), 200);
  const traits = useMemo(() => traitsShown(cat.data, kind ?? "person"), [cat.data, kind]);
  const found = useQuery({
    queryKey: ["profiles", wanted, kind, traits],
    queryFn: ({ signal }) =>
      call(
        client.GET("/api/v1/profiles", {
          params: {
            query: { search: wanted, subject: kind === "company" ? "companies" : "persons", traits, limit: 50 },
          },
          signal,
        }),
      ),
    enabled: cat.data !== undefined,
    placeholderData: keepPreviousData,
  });

  const failed = [data, cat, found].find((x) => x.error && x.data === undefined);
  const d = data.data;
  const all = kind === "company" ? d?.companies : d?.persons;
  return (
    <>
      <PageHeader title={t.title} answer={all === undefined ? undefined : t.answer(f.count(all), kind === "company")} />
      <div className={classes.tools}>
        <TextInput
          className={classes.search}
          leftSection={<IconSearch size={14} />}
          aria-label={t.search}
          placeholder={t.searchPlaceholder}
          value={text}
          onChange={(e) => {
            setText(e.currentTarget.value);
            void navigate({ search: { q: e.currentTarget.value.trim() || undefined, kind }, replace: true });
          }}
        />
        {d && d.companies > 0 && d.persons > 0 && (
          <SegmentedControl
            aria-label={t.kind}
            value={kind ?? "person"}
            onChange={(v) =>
              void navigate({ search: { q, kind: v === "company" ? "company" : undefined }, replace: true })
            }
            data={[
              { value: "person", label: t.persons },
              { value: "company", label: t.companies },
            ]}
          />
        )}
      </div>
      {failed ? (
        <ErrorState error={failed.error} retry={failed.refetch} />
      ) : !found.data ? (
        <Loading lines={8} />
      ) : found.data.members.length === 0 ? (
        <Empty icon={<IconUserSearch size={32} stroke={1.4} />} title={wanted ? t.noneFound(wanted) : t.none}>
          {wanted ? t.noneFoundText : t.noneText}
        </Empty>
      ) : (
        <>
          <DataTable
            label={t.title}
            rows={found.data.members}
            rowKey={(m) => m.key}
            columns={[
              {
                key: "key",
                label: t.key,
                cell: (m) => (
                  <Link to="/customers/$key" params={{ key: m.key }} search={{ kind }}>
                    {m.key}
                  </Link>
                ),
                value: (m) => m.key,
              },
              ...traits.map((name) => ({
                key: name,
                label: name,
                cell: (m: Schema["Member"]) => shown(m.traits?.[name], f),
                value: (m: Schema["Member"]) => {
                  const v = m.traits?.[name];
                  return typeof v === "number" || typeof v === "string" ? v : undefined;
                },
              })),
            ]}
          />
          {found.data.next && <p className={classes.quiet}>{t.more(f.count(found.data.members.length))}</p>}
        </>
      )}
    </>
  );
}

/** traitsShown are the first few traits of a kind that fit a table. */
export function traitsShown(c: Schema["Catalogue"] | undefined, kind: string): string[] {
  return (c?.traits ?? [])
    .filter((t) => t.kind === kind && t.type !== "location" && t.type !== "list")
    .slice(0, 6)
    .map((t) => t.name);
}
