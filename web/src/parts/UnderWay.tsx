import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Schema } from "../api/client";
import { jobsQuery } from "../api/queries";
import { useCommon } from "../i18n/common";
import { Section } from "./PageHeader";
import classes from "./parts.module.css";
import { ended, JobProgress } from "./progress";

/** UnderWay follows the job that was started on a page, and those of its kind that go on since before. */
export function UnderWay(props: {
  kind: Schema["Job"]["kind"];
  /** The job in the link, and what it does it to. */
  job: string | undefined;
  name: string | undefined;
  label: (name: string) => string;
  /** The list that what comes out is part of. */
  stale: string;
  /** Where what came out is shown. */
  onDone: (name: string) => void;
  onCancelled: () => void;
}) {
  const t = useCommon();
  const queries = useQueryClient();
  const { kind, job, name = "", label, stale, onDone, onCancelled } = props;
  const others = (useQuery(jobsQuery).data?.jobs ?? []).filter((j) => j.kind === kind && j.id !== job && !ended(j));
  if (!job && others.length === 0) return null;
  const fresh = () => void queries.invalidateQueries({ queryKey: [stale] });
  return (
    <Section title={t.underWay}>
      {job && (
        <JobProgress
          id={job}
          label={label(name)}
          onDone={() => {
            fresh();
            onDone(name);
          }}
          onCancelled={onCancelled}
        />
      )}
      {others.map((j) => (
        <JobProgress key={j.id} id={j.id} label={label(j.name)} onDone={fresh} />
      ))}
      <p className={classes.goesOn}>{t.goesOn}</p>
    </Section>
  );
}
