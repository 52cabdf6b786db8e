import type { Schema } from "../../api/client";
import type { Node } from "./tree";

/**
 * The conditions that the builder has fields for. Every other condition is shown
 * and edited as text, so nothing is lost.
 */
export type Form = "trait" | "event" | "measure" | "last" | "segment" | "text";

type Catalogue = Schema["Catalogue"];

export const units = ["hour", "day", "week", "month", "quarter", "year"] as const;
export const countOps = ["at_least", "at_most", "exactly"] as const;
export const compareOps = ["=", "!=", "<", "<=", ">", ">="] as const;
export const aggs = ["count", "count_distinct", "sum", "avg", "min", "max"] as const;
/** The stretches of time that have fields. */
export const windowTypes = ["within_last", "more_than", "between_dates", "before", "after", "on"] as const;

export const number = (value: number): Node => ({ type: "number", value });
export const text = (value: string): Node => ({ type: "text", value });
export const day = (value: string): Node => ({ type: "date", value });
export const path = (name: string): Node => ({ type: "path", name });
export const event = (name: string): Node => ({ type: "event", names: [name] });

const isNode = (v: unknown): v is Node => typeof v === "object" && v !== null && "type" in v;
const only = (n: Node, ...fields: string[]) => Object.keys(n).every((k) => k === "type" || fields.includes(k));
const isPath = (v: unknown) => isNode(v) && v.type === "path";
const isLiteral = (v: unknown, type: string) => isNode(v) && v.type === type;
const isEvent = (v: unknown) => isNode(v) && v.type === "event" && only(v, "names");

/** plainWindow reports whether a stretch of time has fields. */
export function plainWindow(w: unknown): boolean {
  if (w === undefined) return true;
  if (!isNode(w)) return false;
  switch (w.type) {
    case "within_last":
      return only(w, "n", "unit");
    case "more_than":
      return only(w, "n", "unit");
    case "between_dates":
      return isLiteral(w.from, "date") && isLiteral(w.to, "date");
    case "before":
    case "after":
    case "on":
      return isLiteral(w.date, "date");
  }
  return false;
}

/** plainWhere are the tests of an event's properties that have fields; null if there are others. */
export function plainWhere(w: unknown): Node[] | null {
  if (w === undefined) return [];
  if (!isNode(w)) return null;
  const list = w.type === "and" ? (w.clauses as Node[]) : [w];
  return list.every((c) => traitForm(c, "path")) ? list : null;
}

export const whereOf = (list: Node[]): Node | undefined => (list.length > 1 ? { type: "and", clauses: list } : list[0]);

/** traitForm reports whether a condition is a test of a trait that has fields. */
function traitForm(n: Node, term: "path"): boolean {
  if (!isNode(n.term) || n.term.type !== term || n.not) return false;
  switch (n.type) {
    case "compare":
      return ["number", "text", "boolean"].some((t) => isLiteral(n.value, t));
    case "between":
      return isLiteral(n.lo, "number") && isLiteral(n.hi, "number");
    case "in":
      return (n.values as Node[]).every((v) => v.type === "text");
    case "text_match":
      return n.op !== "matches";
    case "includes":
      return (n.values as Node[]).every((v) => v.type === "text");
    case "known":
    case "is_true":
      return true;
    case "rank":
      return !n.segment && !n.among;
    case "in_window":
      return n.window !== undefined && plainWindow(n.window);
  }
  return false;
}

/** formOf says how a condition is edited. */
export function formOf(n: Node, catalogue: Catalogue | undefined): Form {
  if (isPath(n.term) && traitForm(n, "path")) {
    const name = (n.term as Node).name as string;
    // A name that the catalogue does not know has no type, so its fields are not known either.
    return findTrait(catalogue, name) ? "trait" : "text";
  }
  if (n.type === "did") {
    const steps = n.steps as Node[];
    const s = steps[0];
    const plain =
      steps.length === 1 &&
      s !== undefined &&
      only(s, "events", "where", "count", "window") &&
      isEvent(s.events) &&
      plainWindow(s.window) &&
      plainWhere(s.where) !== null &&
      (s.count === undefined || (s.count as Node).op !== "from_to");
    return plain ? "event" : "text";
  }
  if (n.type === "in_segment" && only(n, "segment")) return "segment";
  const term = n.term as Node | undefined;
  if (term?.type === "measure" && isEvent(term.events) && plainWindow(term.window) && term.where === undefined) {
    const known = aggs.some((a) => a === term.agg);
    if (known && n.type === "compare" && isLiteral(n.value, "number")) return "measure";
  }
  if (
    term?.type === "last_event" &&
    isEvent(term.events) &&
    term.where === undefined &&
    n.type === "in_window" &&
    !n.not
  ) {
    return plainWindow(n.window) ? "last" : "text";
  }
  return "text";
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

export interface Field {
  name: string;
  label: string;
  type: string;
}

export function findTrait(c: Catalogue | undefined, name: string): Field | undefined {
  if (same(name, "profile.first_seen")) return { name, label: name, type: "instant" };
  return c?.traits.find((t) => same(t.name, name) || t.label === name);
}

export function findEvent(c: Catalogue | undefined, name: string) {
  return c?.events.find((e) => same(e.name, name));
}

/** The operators that a type has, as the builder calls them. */
export type Operator =
  | (typeof compareOps)[number]
  | "between"
  | "in"
  | "contains"
  | "starts_with"
  | "ends_with"
  | "includes"
  | "true"
  | "false"
  | "top"
  | "bottom"
  | (typeof windowTypes)[number]
  | "known"
  | "unknown";

export function operatorsOf(type: string, where = false): Operator[] {
  const presence: Operator[] = ["known", "unknown"];
  switch (type) {
    case "number":
      return [...compareOps, "between", ...(where ? [] : (["top", "bottom"] as Operator[])), ...presence];
    case "text":
      return ["=", "!=", "in", "contains", "starts_with", "ends_with", ...presence];
    case "boolean":
      return ["true", "false", ...presence];
    case "date":
    case "instant":
      return [...windowTypes, ...presence];
    case "list":
      return ["includes", ...presence];
  }
  return presence;
}

/** operatorOf names the operator of a test. */
export function operatorOf(n: Node): Operator {
  switch (n.type) {
    case "compare":
      if (isLiteral(n.value, "boolean"))
        return ((n.value as Node).value === true) === (n.op === "=") ? "true" : "false";
      return n.op as Operator;
    case "is_true":
      return "true";
    case "text_match":
      return n.op as Operator;
    case "rank":
      return n.bottom ? "bottom" : "top";
    case "known":
      return n.unknown ? "unknown" : "known";
    case "in_window":
      return (n.window as Node).type as Operator;
  }
  return n.type as Operator;
}

/** What can be taken over from a test when its operator changes. */
function literals(n: Node | undefined): { number: number; texts: string[] } {
  if (!n) return { number: 0, texts: [] };
  const value = n.value as Node | undefined;
  const texts = (n.texts as string[]) ?? (n.values as Node[] | undefined)?.map((v) => String(v.value)) ?? [];
  return {
    number: Number(value?.value ?? (n.lo as Node)?.value ?? n.n ?? 0) || 0,
    texts: texts.length > 0 ? texts : value?.type === "text" ? [String(value.value)] : [],
  };
}

/** today is the default of dates; the builder passes the as-of day. */
export function window(type: (typeof windowTypes)[number], before: Node | undefined, today: string): Node {
  const n = (before?.n as number) ?? 30;
  const unit = (before?.unit as string) ?? "day";
  const date = (before?.date as Node) ?? (before?.from as Node) ?? day(today);
  switch (type) {
    case "within_last":
    case "more_than":
      return { type, n, unit };
    case "between_dates":
      return { type, from: date, to: (before?.to as Node) ?? day(today) };
  }
  return { type, date };
}

/** test makes a test of a name with an operator, and keeps of an earlier one what still fits. */
export function test(field: Field, op: Operator, before: Node | undefined, today: string): Node {
  const term = path(field.name);
  const was = literals(before);
  switch (op) {
    case "between":
      return {
        type: "between",
        term,
        lo: (before?.lo as Node) ?? number(was.number),
        hi: (before?.hi as Node) ?? number(was.number),
      };
    case "in":
      return { type: "in", term, values: was.texts.length > 0 ? was.texts.map(text) : [text("")] };
    case "contains":
    case "starts_with":
    case "ends_with": {
      const texts = was.texts.length > 0 ? was.texts : [""];
      return { type: "text_match", term, op, texts, ...(texts.length > 1 ? { any_of: true } : {}) };
    }
    case "includes":
      return { type: "includes", term, mode: "any", values: was.texts.length > 0 ? was.texts.map(text) : [text("")] };
    case "true":
      return { type: "is_true", term };
    case "false":
      return { type: "compare", term, op: "=", value: { type: "boolean", value: false } };
    case "top":
    case "bottom":
      return {
        type: "rank",
        term,
        n: was.number > 0 && was.number <= 100 ? was.number : 10,
        percent: true,
        ...(op === "bottom" ? { bottom: true } : {}),
      };
    case "known":
      return { type: "known", term };
    case "unknown":
      return { type: "known", term, unknown: true };
    case "within_last":
    case "more_than":
    case "between_dates":
    case "before":
    case "after":
    case "on":
      return { type: "in_window", term, window: window(op, before?.window as Node | undefined, today) };
  }
  const value = field.type === "text" ? text(was.texts[0] ?? "") : number(was.number);
  return { type: "compare", term, op, value };
}

/** first makes the first test of a field, by its type. */
export function first(field: Field, today: string): Node {
  return test(field, field.type === "number" ? ">=" : (operatorsOf(field.type)[0] ?? "known"), undefined, today);
}
