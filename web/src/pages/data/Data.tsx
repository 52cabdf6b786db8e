import { Button, Tabs } from "@mantine/core";
import { IconDatabaseImport, IconUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { createLazyRoute, Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { Editors } from "../../access/Editors";
import type { Schema } from "../../api/client";
import { dataQuery, importsQuery } from "../../api/queries";
import { useMay } from "../../api/session";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Demo } from "../../parts/Demo";
import { PageHeader, Section } from "../../parts/PageHeader";
import { Empty, Loaded } from "../../parts/states";
import { useShortcut } from "../../shell/shortcuts";
import { Columns } from "./Columns";
import classes from "./data.module.css";
import { choose } from "./importing";
import { Ledger } from "./Ledger";
import { messages } from "./messages";
import { dataRoute } from "./route";

export const page = createLazyRoute("/data")({ component: Data });

function Data() {
  const t = useMessages(messages);
  const f = useFormat();
  const { tab } = dataRoute.useSearch();
  const navigate = useNavigate();
  const data = useQuery(dataQuery);
  const imports = useQuery(importsQuery);
  useShortcut("n", t.import, () => void navigate({ to: "/data/import" }));

  const d = data.data;
  const last = imports.data?.imports.find((i) => i.state === "committed");
  const events = d?.events.reduce((n, e) => n + e.rows, 0) ?? 0;
  const people = (d?.persons ?? 0) + (d?.prospects ?? 0) || (d?.companies ?? 0);
  const some = d && people + (d.companies ?? 0) + d.items > 0;
  const answer =
    d &&
    (some
      ? `${t.answer(t.customers(f.count(people), people === 1), t.traits(d.traits.length), t.events(f.count(events), events === 1))}${last ? `; ${t.last(f.ago(last.started))}` : ""}.`
      : t.emptyTitle);
  return (
    <DropAnywhere>
      <PageHeader
        title={t.title}
        answer={answer}
        actions={
          <Editors>
            <Button component={Link} to="/data/import" leftSection={<IconUpload size={14} />}>
              {t.import}
            </Button>
          </Editors>
        }
      />
      <Tabs
        value={tab ?? "catalogue"}
        onChange={(v) =>
          void navigate({ to: "/data", search: v === "imports" ? { tab: "imports" } : {}, replace: true })
        }
      >
        <Tabs.List mb="lg" aria-label={t.tabs}>
          <Tabs.Tab value="catalogue">{t.catalogueTab}</Tabs.Tab>
          <Tabs.Tab value="imports">{t.importsTab}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="catalogue">
          <Loaded query={data} lines={8}>
            {(d) => (some ? <Stored data={d} /> : <Beginning />)}
          </Loaded>
        </Tabs.Panel>
        <Tabs.Panel value="imports">
          <Ledger />
        </Tabs.Panel>
      </Tabs>
    </DropAnywhere>
  );
}

function Beginning() {
  const t = useMessages(messages);
  return (
    <Empty
      icon={<IconDatabaseImport size={32} stroke={1.4} />}
      title={t.emptyTitle}
      action={
        <Editors why>
          <Button component={Link} to="/data/import">
            {t.import}
          </Button>
          <Demo />
        </Editors>
      }
    >
      {t.emptyText}
    </Empty>
  );
}

function Stored({ data }: { data: Schema["Data"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const persons = data.traits.filter((c) => c.kind !== "company");
  const companies = data.traits.filter((c) => c.kind === "company");
  return (
    <>
      {persons.length > 0 && (
        <Section title={t.traitsHead}>
          <Columns label={t.traitsHead} columns={persons} />
        </Section>
      )}
      {companies.length > 0 && (
        <Section title={t.companyTraitsHead}>
          <Columns label={t.companyTraitsHead} columns={companies} />
        </Section>
      )}
      {data.events.map((e) => (
        <Section key={e.name} title={t.eventHead(e.name)}>
          {e.rows > 0 && (
            <p className={classes.note}>
              {t.eventNote(f.count(e.rows), f.count(e.profiles), f.date(String(e.first)), f.date(String(e.last)))}
              {e.occasions ? `, ${t.occasions(f.count(e.occasions))}` : ""}
            </p>
          )}
          {e.properties.length > 0 && <Columns label={t.eventHead(e.name)} columns={e.properties} />}
        </Section>
      ))}
      {data.item_facts.length > 0 && (
        <Section title={t.itemsHead(f.count(data.items))}>
          <Columns label={t.itemsHead(f.count(data.items))} columns={data.item_facts} />
        </Section>
      )}
    </>
  );
}

/** DropAnywhere takes a file that is dropped on the page to the import. */
function DropAnywhere({ children }: { children: ReactNode }) {
  const editor = useMay("editor");
  const navigate = useNavigate();
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an addition; the button does the same
    <div
      data-over={over}
      onDragOver={(e) => {
        if (!editor || !e.dataTransfer.types.includes("Files")) return;
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        void choose([...e.dataTransfer.files]);
        void navigate({ to: "/data/import" });
      }}
    >
      {children}
    </div>
  );
}
