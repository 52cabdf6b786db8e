import { ActionIcon, Popover, RingProgress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { jobsQuery } from "../api/queries";
import { useCommon } from "../i18n/common";
import { ended, JobProgress } from "../parts/progress";

/** Jobs shows long work that goes on while other pages are open. */
export function Jobs() {
  const t = useCommon();
  const { data } = useQuery(jobsQuery);
  const running = (data?.jobs ?? []).filter((j) => !ended(j));
  if (running.length === 0) return null;
  const progress = running.reduce((sum, j) => sum + j.progress, 0) / running.length;
  return (
    <Popover width={320} position="bottom-end" shadow="sm" withinPortal>
      <Popover.Target>
        <ActionIcon aria-label={t.jobs(running.length)} title={t.jobs(running.length)}>
          <RingProgress size={24} thickness={3} sections={[{ value: progress * 100, color: "accent" }]} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" fw={600} mb="xs">
          {t.jobs(running.length)}
        </Text>
        <Stack gap="md">
          {running.map((j) => (
            <JobProgress key={j.id} id={j.id} label={`${t.jobKinds[j.kind] ?? j.kind}: ${j.name}`} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
