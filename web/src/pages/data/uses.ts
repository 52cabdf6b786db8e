import type { Request } from "./importing";

/** What the rows of a file are, in the form's words. */
export const kinds = [
  "customers",
  "prospects",
  "companies",
  "prospect companies",
  "events",
  "company events",
  "items",
] as const;
export type Kind = (typeof kinds)[number];

const eventsOf = /^events:(.*)$/;

/** kindOf is what a request takes rows for. */
export function kindOf(r: Request): Kind {
  if (eventsOf.test(r.as ?? "")) return r.for === "companies" ? "company events" : "events";
  return kinds.find((k) => k === r.as) ?? "customers";
}

export function isEvents(kind: Kind): boolean {
  return kind === "events" || kind === "company events";
}

/** needsKey tells whether rows of the kind cannot be numbered. */
export function needsKey(kind: Kind): boolean {
  return kind !== "customers" && kind !== "companies";
}

export function eventOf(r: Request): string {
  return eventsOf.exec(r.as ?? "")?.[1] ?? "";
}

/** withKind takes rows for something else; what that cannot have goes. */
export function withKind(r: Request, kind: Kind, time: string | undefined): Request {
  const events = isEvents(kind);
  const fitting = Object.entries(r.map ?? {}).filter(([, to]) => !(to in special) || usesFor(kind).includes(use(to)));
  return {
    ...r,
    as: events ? `events:${eventOf(r) || "purchase"}` : kind,
    for: kind === "company events" ? "companies" : undefined,
    order: events ? r.order : undefined,
    time: kind === "items" ? undefined : (r.time ?? (events ? time : undefined)),
    map: Object.fromEntries(fitting),
  };
}

/** What a column is used as: plain is a trait, a property or a fact, none is left out. */
export type Use = "plain" | "id" | "time" | "order" | "company" | "created" | "lat" | "lon" | "none";

/** Names that a column is given to be used as something else than a trait. */
const special: Record<string, Use> = {
  company: "company",
  "profile.first_seen": "created",
  lat: "lat",
  lon: "lon",
};

function use(name: string): Use {
  return special[name] ?? "plain";
}

/** usesFor are the uses that columns of such rows may have. */
export function usesFor(kind: Kind): Use[] {
  if (isEvents(kind)) return ["plain", "id", "time", "order", "lat", "lon"];
  if (kind === "items") return ["plain", "id", "lat", "lon"];
  const company: Use[] = kind === "companies" || kind === "prospect companies" ? [] : ["company"];
  return ["plain", "id", "time", ...company, "created", "lat", "lon"];
}

/** takenAs is what a request uses a column as. */
export function takenAs(r: Request, label: string): Use {
  if (r.id === label) return "id";
  if (r.time === label) return "time";
  if (r.order === label) return "order";
  const name = r.map?.[label];
  if (name === undefined) return "plain";
  if (name === "") return "none";
  const as = use(name);
  return usesFor(kindOf(r)).includes(as) ? as : "plain";
}

/** takeAs uses a column as something else. */
export function takeAs(r: Request, label: string, to: Use): Request {
  const map = { ...r.map };
  const types = { ...r.types };
  delete map[label];
  if (to !== "plain") delete types[label];
  const name = Object.keys(special).find((k) => special[k] === to);
  if (to === "none") map[label] = "";
  if (name) {
    for (const other of Object.keys(map)) if (map[other] === name) delete map[other];
    map[label] = name;
  }
  const at = (part: "id" | "time" | "order") => (to === part ? label : r[part] === label ? undefined : r[part]);
  return { ...r, id: at("id"), time: at("time"), order: at("order"), map, types };
}
