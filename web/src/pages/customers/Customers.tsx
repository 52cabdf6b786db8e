import { Button, CloseButton, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch, IconUserSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { createLazyRoute, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { catalogueQuery, dataQuery, segmentsQuery } from "../../api/queries";
import { type Format, useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { shown } from "../../format/value";
import { useMessages } from "../../i18n/language";
import { DataTable, type TableColumn } from "../../parts/DataTable";
import { PageHeader } from "../../parts/PageHeader";
import { Pager } from "../../parts/Pager";
import { Empty, ErrorState, Loading } from "../../parts/states";
import { ColumnMenu, useColumnLabel } from "./ColumnMenu";
import { type Column, chosen, codeOf, type Figure, offered, sortOf } from "./columns";
import classes from "./customers.module.css";
import { messages } from "./messages";
import { type CustomersSearch, customersRoute } from "./route";

export const page = createLazyRoute("/customers")({ component: Customers });

type Row = Schema["ProfileRow"];
type Page = Schema["ProfilePage"];

const pageSize = 50;

/** pageQuery asks for the rows of a link. */
const pageQuery = (s: CustomersSearch, columns: Column[]) => {
  const sorted = columns.find((c) => codeOf(c) === s.sort);
  return {
    search: s.q ?? "",
    subject: s.kind === "company" ? ("companies" as const) : ("persons" as const),
    segment: s.segment,
    company: s.company,
    traits: columns.flatMap((c) => ("trait" in c ? c.trait.name : [])),
    figures: columns.flatMap((c) => ("figure" in c ? c.figure : [])),
    sort: sorted && sortOf(sorted),
    descending: s.down,
    limit: pageSize,
    offset: ((s.page ?? 1) - 1) * pageSize,
  };
};

function Customers() {
  const t = useMessages(messages);
  const f = useFormat();
  const search = customersRoute.useSearch();
  const navigate = customersRoute.useNavigate();
  const kind = search.kind ?? "person";
  const data = useQuery(dataQuery);
  const cat = useQuery(catalogueQuery);
  const all = useMemo(() => (cat.data ? offered(cat.data, kind) : []), [cat.data, kind]);
  const columns = useMemo(() => chosen(all, search.cols), [all, search.cols]);
  const [asked] = useDebouncedValue(search, 200);
  const query = pageQuery({ ...search, q: asked.q }, columns);
  const found = useQuery({
    queryKey: ["profiles", query],
    queryFn: ({ signal }) => call(client.GET("/api/v1/profiles", { params: { query }, signal })),
    enabled: cat.data !== undefined,
    placeholderData: keepPreviousData,
  });
  /** Another choice of customers begins at the first page. */
  const change = (s: Partial<CustomersSearch>) =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...s }), replace: true });

  const failed = [cat, found].find((x) => x.error && x.data === undefined);
  const d = data.data;
  const everyone = kind === "company" ? d?.companies : d?.persons;
  const narrowed = Boolean(search.q || search.segment || search.company);
  return (
    <>
      <PageHeader
        title={t.title}
        answer={
          narrowed
            ? found.data &&
              t.found(f.count(found.data.total), kind === "company", search.q, search.segment, search.company)
            : everyone === undefined
              ? undefined
              : t.answer(f.count(everyone), kind === "company")
        }
      />
      <Tools search={search} change={change} all={all} shown={columns} data={d} />
      {failed ? (
        <ErrorState error={failed.error} retry={failed.refetch} />
      ) : !found.data ? (
        <Loading lines={8} />
      ) : found.data.total === 0 ? (
        <Nobody
          narrowed={narrowed}
          q={search.q}
          onAll={() => change({ q: undefined, segment: undefined, company: undefined })}
        />
      ) : (
        <div aria-busy={found.isPlaceholderData} className={classes.found}>
          <Found page={found.data} columns={columns} search={search} change={change} />
          <Pager
            page={search.page ?? 1}
            size={pageSize}
            total={found.data.total}
            onPage={(n) => void navigate({ search: (s) => ({ ...s, page: n > 1 ? n : undefined }) })}
          />
        </div>
      )}
    </>
  );
}

function Nobody({ narrowed, q, onAll }: { narrowed: boolean; q: string | undefined; onAll: () => void }) {
  const t = useMessages(messages);
  return (
    <Empty
      icon={<IconUserSearch size={32} stroke={1.4} />}
      title={narrowed ? t.noneFound(q) : t.none}
      action={
        narrowed ? (
          <Button variant="default" onClick={onAll}>
            {t.showAll}
          </Button>
        ) : (
          <Button component={Link} to="/data/import">
            {t.importFile}
          </Button>
        )
      }
    >
      {narrowed ? t.noneFoundText : t.noneText}
    </Empty>
  );
}

/** Tools narrow the list, and choose its columns. */
function Tools(props: {
  search: CustomersSearch;
  change: (s: Partial<CustomersSearch>) => void;
  all: Column[];
  shown: Column[];
  data: Schema["Data"] | undefined;
}) {
  const t = useMessages(messages);
  const { search, change, all, shown: columns, data: d } = props;
  const [text, setText] = useState(search.q ?? "");
  const segments = useQuery(segmentsQuery);
  const subject = search.kind === "company" ? "companies" : "persons";
  const names = (segments.data ?? []).filter((s) => s.subject === subject && s.run).map((s) => s.name);
  return (
    <div className={classes.tools}>
      <TextInput
        className={classes.search}
        leftSection={<IconSearch size={14} />}
        aria-label={t.search}
        placeholder={t.searchPlaceholder}
        value={text}
        onChange={(e) => {
          setText(e.currentTarget.value);
          change({ q: e.currentTarget.value.trim() || undefined });
        }}
      />
      {names.length > 0 && (
        <Select
          aria-label={t.segmentFilter}
          placeholder={t.anySegment}
          data={names}
          value={search.segment ?? null}
          onChange={(v) => change({ segment: v ?? undefined })}
          searchable
          clearable
          clearButtonProps={{ "aria-label": t.anySegment }}
          w={200}
        />
      )}
      {d && d.companies > 0 && d.persons > 0 && (
        <SegmentedControl
          aria-label={t.kind}
          value={search.kind ?? "person"}
          onChange={(v) =>
            change({
              kind: v === "company" ? "company" : undefined,
              segment: undefined,
              company: undefined,
              cols: undefined,
              sort: undefined,
              down: undefined,
            })
          }
          data={[
            { value: "person", label: t.persons },
            { value: "company", label: t.companies },
          ]}
        />
      )}
      {search.company && (
        <span className={classes.chip}>
          {t.ofCompany(search.company)}
          <CloseButton size="xs" aria-label={t.anyCompany} onClick={() => change({ company: undefined })} />
        </span>
      )}
      <span className={classes.spacer} />
      {all.length > 0 && <ColumnMenu all={all} shown={columns} onChange={(cols) => change({ cols })} />}
    </div>
  );
}

const numbers = new Set(["persons", "purchases", "value"]);

function Found(props: {
  page: Page;
  columns: Column[];
  search: CustomersSearch;
  change: (s: Partial<CustomersSearch>) => void;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const terms = useTerms();
  const nameOf = useColumnLabel();
  const { page: p, columns, search, change } = props;
  const kind = search.kind;
  const has = (figure: Figure) => columns.some((c) => "figure" in c && c.figure === figure);
  const table: TableColumn<Row>[] = [
    {
      key: "key",
      label: kind === "company" ? t.companyKey : t.key,
      cell: (r) => (
        <Link to="/customers/$key" params={{ key: r.key }} search={{ kind }}>
          {r.key}
        </Link>
      ),
      // The server sorts: what the table is given is in order.
      value: () => null,
    },
    ...columns.map((c) => ({
      key: codeOf(c),
      label: nameOf(c),
      right: "figure" in c ? numbers.has(c.figure) : c.trait.type === "number",
      nowrap: "trait" in c ? c.trait.type === "date" || c.trait.type === "instant" : c.figure !== "segments",
      width: "figure" in c && c.figure === "segments" ? 280 : undefined,
      cell: (r: Row) => cellOf(c, r, f, terms.value),
      value: sortOf(c) ? () => null : undefined,
    })),
  ];
  return (
    <>
      <DataTable
        label={t.title}
        rows={p.profiles}
        rowKey={(r) => r.key}
        sort={{ key: search.sort ?? "key", descending: Boolean(search.down) }}
        onSort={(s) => {
          // Of what was bought last, the latest is what is looked for.
          const down = s.descending || (s.key === ":last_purchase" && search.sort !== s.key);
          change({ sort: s.key === "key" ? undefined : s.key, down: down || undefined });
        }}
        columns={table}
      />
      <p className={classes.quiet}>
        {p.value && has("value") && (
          <>
            {t.valueIs} <code>{p.value}</code>.{" "}
          </>
        )}
        {has("segments") && t.segmentsAre}
      </p>
    </>
  );
}

function cellOf(c: Column, r: Row, f: Format, groups: ReturnType<typeof useTerms>["value"]) {
  if ("trait" in c) return shown(groups(c.trait.name, r.traits?.[c.trait.name]), f);
  switch (c.figure) {
    case "value":
      return r.value === undefined ? "–" : f.money(r.value);
    case "purchases":
    case "persons": {
      const n = r[c.figure];
      return n === undefined ? "–" : f.count(n);
    }
    case "last_purchase":
    case "first_seen": {
      const at = r[c.figure];
      return typeof at === "string" ? f.date(at) : "–";
    }
    case "company":
      return r.company ? (
        <Link to="/customers/$key" params={{ key: r.company }} search={{ kind: "company" }}>
          {r.company}
        </Link>
      ) : (
        "–"
      );
    case "segments":
      return <Segments names={r.segments ?? []} />;
  }
}

/** Segments names some segments, and says how many more there are. */
function Segments({ names }: { names: string[] }) {
  const most = names.length > 3 ? 2 : 3;
  return (
    <>
      {names.slice(0, most).map((name, i) => (
        <span key={name}>
          {i > 0 && ", "}
          <Link to="/segments/$name" params={{ name }}>
            {name}
          </Link>
        </span>
      ))}
      {names.length > most && <span title={names.slice(most).join(", ")}> +{names.length - most}</span>}
    </>
  );
}
