import { Tabs } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Members } from "../../parts/matching/Members";
import { messages } from "./messages";

/** How many of each are shown. */
const shown = 5;

const subject = /^\s*((?:prospect\s+)?companies|prospects|persons)\s*:/i;

/** without is those of one expression that are not in another about the same kind of profile. */
function without(expression: string, other: string): string {
  const body = (text: string) => text.replace(subject, "").trim();
  const about = subject.exec(expression)?.[0].trim();
  return `${about ? `${about} ` : ""}(${body(expression)}) and not (${body(other)})`;
}

/** Movers shows some of those who come in, and of those who go out. */
export function Movers(props: {
  expression: string;
  /** What the segment is made of now; of a new one nothing. */
  before: string | undefined;
  joined: number;
  left: number;
  asOf: string | undefined;
  catalogue: Schema["Catalogue"];
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const { expression, before, joined, left, asOf, catalogue } = props;
  if (joined + left === 0) return null;
  const members = (of: string) => <Members expression={of} asOf={asOf} catalogue={catalogue} limit={shown} beside />;
  return (
    <Tabs key={`${joined > 0}`} defaultValue={joined > 0 ? "joined" : "left"}>
      <Tabs.List mb="xs">
        {joined > 0 && <Tabs.Tab value="joined">{t.joins(f.count(joined))}</Tabs.Tab>}
        {left > 0 && <Tabs.Tab value="left">{t.leaves(f.count(left))}</Tabs.Tab>}
      </Tabs.List>
      <Tabs.Panel value="joined">{members(before === undefined ? expression : without(expression, before))}</Tabs.Panel>
      <Tabs.Panel value="left">{members(without(before ?? "", expression))}</Tabs.Panel>
    </Tabs>
  );
}
