import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { type ReactNode, useMemo, useState } from "react";
import { useCommon } from "../i18n/common";
import { useLanguage } from "../i18n/language";
import classes from "./parts.module.css";
import { Why } from "./Why";

export interface TableColumn<R> {
  key: string;
  label: string;
  /** What the figure is, in a sentence: behind a small button in the head. */
  help?: string;
  /** What the cell shows. */
  cell: (row: R) => ReactNode;
  /** What it is sorted by; a column without it cannot be sorted. */
  value?: (row: R) => number | string | null | undefined;
  /** Numbers stand right. */
  right?: boolean;
  width?: number | string;
  /** Short texts, as dates, stay on one line. */
  nowrap?: boolean;
}

export interface Sort {
  key: string;
  descending: boolean;
}

interface Props<R> {
  label: string;
  columns: TableColumn<R>[];
  rows: R[];
  rowKey: (row: R) => string | number;
  /** The first sort; with onSort the caller keeps it, as in the URL. */
  sort?: Sort;
  onSort?: (sort: Sort) => void;
}

/** DataTable is a table that sorts by its heads. Its first column names the row. */
export function DataTable<R>({ label, columns, rows, rowKey, sort: given, onSort }: Props<R>) {
  const t = useCommon();
  const { language } = useLanguage();
  const [kept, keep] = useState<Sort | undefined>(given);
  const sort = onSort ? given : kept;

  const sorted = useMemo(() => {
    const value = sort && columns.find((c) => c.key === sort.key)?.value;
    if (!sort || !value) return rows;
    const collator = new Intl.Collator(language, { numeric: true });
    return [...rows].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x == null || y == null) return Number(x == null) - Number(y == null); // unknown comes last either way
      const order = typeof x === "number" && typeof y === "number" ? x - y : collator.compare(String(x), String(y));
      return sort.descending ? -order : order;
    });
  }, [rows, columns, sort, language]);

  const click = (c: TableColumn<R>) => {
    const next = { key: c.key, descending: sort?.key === c.key ? !sort.descending : Boolean(c.right) };
    if (onSort) onSort(next);
    else keep(next);
  };

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard
    <section className={classes.tableFrame} tabIndex={0} aria-label={label}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((c) => {
              const mine = sort?.key === c.key;
              return (
                <th
                  key={c.key}
                  scope="col"
                  className={c.right ? classes.right : undefined}
                  style={{ width: c.width, minWidth: c.width }}
                  aria-sort={mine ? (sort.descending ? "descending" : "ascending") : undefined}
                >
                  {c.value ? (
                    <button type="button" className={classes.sort} onClick={() => click(c)} title={t.sortBy(c.label)}>
                      {c.label}
                      {mine && (sort.descending ? <IconArrowDown size={13} /> : <IconArrowUp size={13} />)}
                    </button>
                  ) : (
                    c.label
                  )}
                  {c.help && <Why about={c.label} text={c.help} />}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((c, i) =>
                i === 0 ? (
                  <th
                    key={c.key}
                    scope="row"
                    className={c.right ? classes.right : undefined}
                    style={{ minWidth: c.width, whiteSpace: c.nowrap ? "nowrap" : undefined }}
                  >
                    {c.cell(row)}
                  </th>
                ) : (
                  <td
                    key={c.key}
                    className={c.right ? classes.right : undefined}
                    style={{ minWidth: c.width, whiteSpace: c.nowrap ? "nowrap" : undefined }}
                  >
                    {c.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
