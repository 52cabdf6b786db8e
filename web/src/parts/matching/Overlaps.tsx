import { MultiSelect } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { segmentsQuery } from "../../api/queries";
import { overlapQuery } from "../../api/questions";
import { useMessages } from "../../i18n/language";
import { Loaded, Missed } from "../states";
import classes from "./matching.module.css";
import { messages } from "./messages";
import { UpSet } from "./UpSet";

/** How many others are compared with. */
const most = 5;

/**
 * Overlaps compares a segment, or an expression that is none yet, with segments of the
 * same kind; which ones is the reader's choice.
 */
export function Overlaps(props: {
  /** The segment, which is left out of the others; of an expression the one that it is a new version of. */
  segment: string | undefined;
  expression?: string;
  subject: string;
  asOf: string | undefined;
}) {
  const t = useMessages(messages);
  const { segment, expression, subject, asOf } = props;
  const all = useQuery(segmentsQuery);
  const company = subject.includes("compan");
  const others = (all.data ?? [])
    .filter((s) => s.name !== segment && s.subject.includes("compan") === company)
    .sort((a, b) => (b.run?.members ?? 0) - (a.run?.members ?? 0))
    .map((s) => s.name);
  const [chosen, setChosen] = useState<string[] | null>(null);
  const beside = chosen ?? others.slice(0, 3);
  const sets = segment !== undefined && expression === undefined ? [segment, ...beside] : beside;
  const q = useQuery({
    ...overlapQuery(sets, expression, asOf),
    enabled: beside.length > 0,
    placeholderData: keepPreviousData,
  });
  if (all.error && !all.data) return <Missed queries={[all]} />;
  if (all.data && others.length === 0) return <p className={classes.quiet}>{t.noOthers}</p>;
  return (
    <>
      <MultiSelect
        className={classes.choose}
        label={t.overlapWith}
        data={others}
        value={beside}
        onChange={setChosen}
        maxValues={most}
        searchable
        hidePickedOptions
      />
      {beside.length > 0 && <Loaded query={q}>{(o) => <UpSet overlap={o} />}</Loaded>}
    </>
  );
}
