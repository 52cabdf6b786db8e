import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Schema } from "../../api/client";
import { membersQuery } from "../../api/questions";
import { useFormat } from "../../format/format";
import { useTerms } from "../../format/terms";
import { shown } from "../../format/value";
import { useMessages } from "../../i18n/language";
import { DataTable } from "../DataTable";
import { Empty, Loaded } from "../states";
import classes from "./matching.module.css";
import { messages } from "./messages";

/** Members lists some of those who match, each with a link to the customer. */
export function Members({
  expression,
  asOf,
  catalogue,
  limit = 20,
  beside,
}: {
  expression: string;
  asOf: string | undefined;
  catalogue: Schema["Catalogue"];
  limit?: number;
  /** Beside something that is being written: few traits, and customers open in a tab of their own. */
  beside?: boolean;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const terms = useTerms();
  const company = /^\s*(prospect\s+)?companies\s*:/i.test(expression);
  const kind = company ? "company" : "person";
  const traits = useMemo(
    () =>
      catalogue.traits
        .filter((x) => x.kind === kind && x.type !== "location")
        .slice(0, beside ? 2 : 5)
        .map((x) => x.name),
    [catalogue, kind, beside],
  );
  const q = useQuery(membersQuery(expression, asOf, traits, limit));
  return (
    <Loaded query={q}>
      {(page) =>
        page.members.length === 0 ? (
          <Empty title={t.nobody}>{t.nobodyText}</Empty>
        ) : (
          <>
            <DataTable
              label={t.members}
              rows={page.members}
              rowKey={(m) => m.key}
              columns={[
                {
                  key: "key",
                  label: t.key,
                  cell: (m) => (
                    <Link
                      to="/customers/$key"
                      params={{ key: m.key }}
                      search={{ kind: company ? "company" : undefined, asOf }}
                      target={beside ? "_blank" : undefined}
                    >
                      {m.key}
                    </Link>
                  ),
                  value: (m) => m.key,
                },
                ...traits.map((name) => ({
                  key: name,
                  label: terms.term(name),
                  cell: (m: (typeof page.members)[0]) => shown(terms.value(name, m.traits?.[name]), f),
                })),
              ]}
            />
            {page.next && <p className={classes.quiet}>{t.firstOf(f.count(page.members.length))}</p>}
          </>
        )
      }
    </Loaded>
  );
}
