import type { Schema } from "../../api/client";

type Event = Schema["Event"];
type Properties = Event["properties"];

/** One thing that a customer did: an event, or the rows of an order. */
export interface Occasion {
  type: string;
  time: string;
  /** What the rows have in common: the number of the order; undefined where each row is one. */
  key: unknown;
  /** What is the same in every row, without the key. */
  common: Properties;
  /** What differs from row to row. */
  lines: Properties[];
}

/** occasionsOf puts rows that follow each other and are one occasion together. */
export function occasionsOf(events: Event[], catalogue: Schema["Catalogue"]): Occasion[] {
  const groups: { key: unknown; rows: Event[] }[] = [];
  for (const e of events) {
    const property = catalogue.events.find((x) => x.name === e.type)?.occasion;
    const key = property ? e.properties[property] : undefined;
    const last = groups.at(-1);
    if (last?.rows[0] && key !== undefined && key !== null && last.key === key && last.rows[0].type === e.type)
      last.rows.push(e);
    else groups.push({ key: key ?? undefined, rows: [e] });
  }
  return groups.map(({ key, rows }) => {
    const first = rows[0] as Event;
    const property = catalogue.events.find((x) => x.name === first.type)?.occasion;
    const names = [...new Set(rows.flatMap((r) => Object.keys(r.properties)))].filter((n) => n !== property);
    const same = names.filter((n) =>
      rows.every((r) => JSON.stringify(r.properties[n]) === JSON.stringify(first.properties[n])),
    );
    const pick = (r: Event, of: string[]) => Object.fromEntries(of.map((n) => [n, r.properties[n]]));
    const differ = names.filter((n) => !same.includes(n));
    return {
      type: first.type,
      time: first.time,
      key,
      common: pick(first, same),
      lines: rows.map((r) => pick(r, differ)),
    };
  });
}

/** totalOf is the sum of a number over the rows of an occasion; undefined where no row has it. */
export function totalOf(o: Occasion, property: string): number | undefined {
  const values = o.lines.map((l) => l[property] ?? o.common[property]).filter((v) => typeof v === "number");
  return values.length > 0 ? values.reduce((sum, v) => sum + v, 0) : undefined;
}
