import type { Schema } from "../../api/client";

/** A way to begin: what it is about, and the expression. */
export interface Starter {
  kind: "recent" | "quiet" | "often" | "best" | "bestQuiet" | "common" | "reachable";
  text: string;
  /** Of recent, quiet and bestQuiet. */
  span?: Span;
  /** Of common. */
  trait?: string;
  value?: string;
  /** The event, where it is no purchase. */
  event?: string;
}

interface Span {
  n: number;
  unit: "day" | "month";
}

const buying = /purchase|order|transaction|booking|køb|ordre|bestilling/i;
const money = /amount|revenue|total|price|value|spend|beløb|omsætning|pris|sum/i;
const grouping = /country|land|region|city|by|state|industry|branche|gender|køn|plan|type|group/i;

const bare = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

/** named writes a name as an expression has it. */
export const named = (name: string) => (bare.test(name) ? name : `\`${name.replaceAll("`", "``")}\``);

/** quoted writes a text as an expression has it. */
export const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

const spanText = (s: Span) => `${s.n} ${s.unit}s`;

/** longest is the longest span that fits into a number of days. */
const longest = (spans: Span[], days: number) => spans.find((s) => s.n * (s.unit === "month" ? 30.5 : 1) <= days);

/** startersOf are ways to begin that this workspace's own data has something for. */
export function startersOf(data: Schema["Data"], value: string | undefined): Starter[] {
  const subject = data.persons === 0 && data.companies > 0 ? "companies: " : "";
  const out: Starter[] = [];
  const own = /^\s*sum\(([^)]+)\)\s+of\s+(\S+)\s*$/.exec(value ?? "");
  const events = data.events.filter((e) => e.rows > 0);
  const action =
    events.find((e) => e.name === own?.[2]) ??
    events.find((e) => buying.test(e.name)) ??
    events.toSorted((a, b) => b.profiles - a.profiles)[0];
  if (action) {
    const e = named(action.name);
    const event = buying.test(action.name) ? undefined : action.name;
    const days = (Date.parse(String(action.last)) - Date.parse(String(action.first))) / 86_400_000;
    const recent = longest(
      [
        { n: 90, unit: "day" },
        { n: 30, unit: "day" },
        { n: 7, unit: "day" },
      ],
      days / 2,
    );
    const quiet = longest(
      [
        { n: 12, unit: "month" },
        { n: 6, unit: "month" },
        { n: 90, unit: "day" },
        { n: 30, unit: "day" },
      ],
      days / 1.5,
    );
    const numbers = action.properties.filter((p) => p.type === "number");
    const amount = numbers.find((p) => p.name === own?.[1]) ?? numbers.find((p) => money.test(p.name));
    const best = amount && `sum(${named(amount.name)}) of ${e} in top 10%`;
    if (recent) out.push({ kind: "recent", span: recent, event, text: `did ${e} within last ${spanText(recent)}` });
    out.push({ kind: "often", event, text: `did ${e} at least 3 times` });
    if (quiet) out.push({ kind: "quiet", span: quiet, event, text: `last ${e} more than ${spanText(quiet)} ago` });
    if (best) out.push({ kind: "best", text: best });
    if (best && quiet)
      out.push({
        kind: "bestQuiet",
        span: quiet,
        event,
        text: `${best} and last ${e} more than ${spanText(quiet)} ago`,
      });
  }
  const kind = subject ? "company" : "person";
  const groups = data.traits.filter(
    (t) =>
      t.kind === kind && t.type === "text" && !t.hidden && t.coverage >= 0.5 && t.distinct >= 2 && t.distinct <= 500,
  );
  const group = groups.find((t) => grouping.test(t.name)) ?? groups[0];
  const top = group?.top[0]?.value;
  if (group && typeof top === "string")
    out.push({ kind: "common", trait: group.label, value: top, text: `${named(group.name)} = ${quoted(top)}` });
  if (data.traits.some((t) => t.kind === kind && t.name === "reachable.email" && t.known > 0))
    out.push({ kind: "reachable", text: "reachable.email" });
  return out.map((s) => ({ ...s, text: subject + s.text }));
}
