import type { Schema } from "../../api/client";

type Column = Schema["PlanColumn"];

export interface Guess {
  as: string;
  for?: "companies";
  id?: string;
  time?: string;
  order?: string;
}

const names = {
  order: /(order|invoice|receipt|basket|transaction|ordre|faktura|bon|kurv).{0,3}(id|no|nr|num|nummer|number|key)?$/i,
  customer: /(customer|client|member|user|household|profile|person|contact|kunde|medlem|bruger)/i,
  key: /(^|[^a-z])(id|key|no|nr|number|nummer|e-?mail)$|id$/i,
  time: /(date|time|dato|tid|_at$|[a-z]At$|when|day|dag)/i,
  company: /(company|(^|[^a-z])firm|organi[sz]ation|virksomhed|cvr)/i,
  people: /(customers?|members?|contacts?|kunder|medlemmer|kontakter)(\.\w+)+$/i,
  prospect: /(prospect|lead|emne|potentiel)/i,
  worth: /(price|amount|quantity|qty|total|revenue|pris|antal|bel(ø|o)b)/i,
};

const dateLike = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|^\d{8}$/;

/**
 * guessOf says what a file's rows probably are, from the columns and its name:
 * somebody who imports is shown it and changes it.
 */
export function guessOf(columns: Column[], file: string): Guess {
  const isTime = (c: Column) =>
    c.type === "instant" || c.type === "date" || (c.examples.length > 0 && c.examples.every((x) => dateLike.test(x)));
  const times = columns.filter(isTime);
  const time = times.find((c) => names.time.test(c.label)) ?? times[0];
  const order = columns.find((c) => c !== time && names.order.test(c.label));
  const keys = columns.filter((c) => c !== time && c !== order);
  const id =
    keys.find((c) => names.customer.test(c.label) && names.key.test(c.label)) ??
    keys.find((c) => names.customer.test(c.label)) ??
    keys.find((c) => names.company.test(c.label) && (names.key.test(c.label) || /cvr/i.test(c.label))) ??
    keys.find((c) => names.key.test(c.label)) ??
    keys.find((c) => c.missing === 0 && c.type === "text");
  const worth = columns.some((c) => names.worth.test(c.label));
  const prospects = names.prospect.test(file);
  const firms = Boolean(id && names.company.test(id.label)) || (!id && names.company.test(file));
  if (time && id && (order || (worth && !names.people.test(file))) && !prospects) {
    const purchase = { as: "events:purchase", id: id.label, time: time.label, order: order?.label };
    return firms ? { ...purchase, for: "companies" } : purchase;
  }
  const as = prospects ? (firms ? "prospect companies" : "prospects") : firms ? "companies" : "customers";
  return { as, id: (id ?? order)?.label };
}
