import type { Schema } from "../../api/client";

type Column = Schema["PlanColumn"];

export interface Guess {
  as: string;
  id?: string;
  time?: string;
  order?: string;
}

const names = {
  order: /(order|invoice|receipt|basket|transaction|ordre|faktura|bon|kurv).{0,3}(id|no|nr|num|nummer|number|key)?$/i,
  customer: /(customer|client|member|user|household|profile|person|contact|kunde|medlem|bruger)/i,
  key: /(^|[^a-z])(id|key|no|nr|number|nummer)$|id$/i,
  time: /(date|time|dato|tid|_at$|[a-z]At$|when|day|dag)/i,
  worth: /(price|amount|quantity|qty|total|revenue|pris|antal|bel(ø|o)b)/i,
};

const dateLike = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|^\d{8}$/;

/**
 * guessOf says what a file's rows probably are, from the columns: somebody who
 * imports is shown it and changes it.
 */
export function guessOf(columns: Column[]): Guess {
  const isTime = (c: Column) =>
    c.type === "instant" || c.type === "date" || (c.examples.length > 0 && c.examples.every((x) => dateLike.test(x)));
  const times = columns.filter(isTime);
  const time = times.find((c) => names.time.test(c.label)) ?? times[0];
  const order = columns.find((c) => c !== time && names.order.test(c.label));
  const keys = columns.filter((c) => c !== time && c !== order);
  const id =
    keys.find((c) => names.customer.test(c.label) && names.key.test(c.label)) ??
    keys.find((c) => names.customer.test(c.label)) ??
    keys.find((c) => names.key.test(c.label)) ??
    keys.find((c) => c.missing === 0 && c.type === "text");
  const worth = columns.some((c) => names.worth.test(c.label));
  if (time && id && (order || worth))
    return { as: "events:purchase", id: id.label, time: time.label, order: order?.label };
  return { as: "customers", id: (id ?? order)?.label };
}
