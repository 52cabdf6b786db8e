import { Tabs } from "@mantine/core";
import { memo } from "react";
import type { Schema } from "../../api/client";
import { useMessages } from "../../i18n/language";
import { Marks } from "../../parts/matching/Marks";
import { Members } from "../../parts/matching/Members";
import { Overlaps } from "../../parts/matching/Overlaps";
import { OverTime } from "../../parts/matching/Trend";
import { messages } from "./messages";

interface Props {
  expression: string;
  asOf: string | undefined;
  data: Schema["Data"];
  catalogue: Schema["Catalogue"];
  onAsOf: (day: string) => void;
  subject: string;
  /** The segment that is edited. */
  edited: string | undefined;
}

/** About shows those who match: over time, what marks them, some of them, and the segments that they are in. It is not drawn again while one writes. */
export const About = memo(function About(props: Props) {
  const t = useMessages(messages);
  return (
    <Tabs defaultValue="trend">
      <Tabs.List mb="sm">
        <Tabs.Tab value="trend">{t.overTime}</Tabs.Tab>
        <Tabs.Tab value="marks">{t.marks}</Tabs.Tab>
        <Tabs.Tab value="members">{t.members}</Tabs.Tab>
        <Tabs.Tab value="overlap">{t.overlap}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="trend">
        <OverTime {...props} />
      </Tabs.Panel>
      <Tabs.Panel value="marks">
        <Marks {...props} />
      </Tabs.Panel>
      <Tabs.Panel value="members">
        <Members {...props} />
      </Tabs.Panel>
      <Tabs.Panel value="overlap">
        <Overlaps {...props} segment={props.edited} />
      </Tabs.Panel>
    </Tabs>
  );
});
