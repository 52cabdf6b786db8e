import { Badge, Button, Group, NumberInput } from "@mantine/core";
import { useState } from "react";
import { Editors } from "../../access/Editors";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { FormBox, FormFields } from "../../parts/FormBox";
import { Section } from "../../parts/PageHeader";
import { ErrorState } from "../../parts/states";
import { thresholdInputs } from "../../parts/thresholds";
import { Why } from "../../parts/Why";
import { messages, verdictColours } from "./messages";
import classes from "./prove.module.css";
import type { Rerun } from "./rerun";

/** Scorecard rates a segment by what is asked of segments, and changes what is asked. */
export function Scorecard(props: { proof: Schema["Proof"]; segment: Schema["SegmentProof"]; rerun: Rerun }) {
  const t = useMessages(messages);
  const { proof: p, segment: s, rerun } = props;
  const [changing, setChanging] = useState(false);
  const good = s.scorecard.filter((c) => c.verdict === "good").length;
  return (
    <Section
      title={t.scorecardIs(good, s.scorecard.length)}
      aside={
        <Editors>
          <Button variant="subtle" aria-expanded={changing} onClick={() => setChanging(!changing)}>
            {t.changeThresholds}
          </Button>
        </Editors>
      }
    >
      {changing && <Thresholds now={p.thresholds} rerun={rerun} onClose={() => setChanging(false)} />}
      <div className={classes.score}>
        {s.scorecard.map((c) => (
          <Criterion key={c.name} criterion={c} said={s.feedback.filter((x) => x.criterion === c.name)} />
        ))}
      </div>
    </Section>
  );
}

/** Thresholds changes what the scorecard asks for, and proves again. */
function Thresholds(props: { now: Schema["Thresholds"]; rerun: Rerun; onClose: () => void }) {
  const t = useMessages(messages);
  const { now, rerun, onClose } = props;
  const [draft, setDraft] = useState(now);
  return (
    <div className={classes.thresholds}>
      <FormBox onSubmit={() => rerun.mutate(draft)}>
        <FormFields>
          {thresholdInputs.map(({ key, criterion, percent, step }) => (
            <NumberInput
              key={key}
              label={t.criteria[criterion]}
              description={t.criteriaText[criterion]}
              min={0}
              max={percent ? 100 : undefined}
              step={step}
              suffix={percent ? " %" : undefined}
              value={Math.round((draft[key] ?? 0) * (percent ? 100 : 1) * 100) / 100}
              onChange={(v) => typeof v === "number" && setDraft({ ...draft, [key]: percent ? v / 100 : v })}
            />
          ))}
        </FormFields>
        <p className={classes.quiet}>{t.thresholdsHint}</p>
        {rerun.error && <ErrorState error={rerun.error} title={t.notStarted} />}
        <Group>
          <Button type="submit" loading={rerun.isPending}>
            {t.runAgainWith}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t.keepThresholds}
          </Button>
        </Group>
      </FormBox>
    </div>
  );
}

function Criterion({ criterion: c, said }: { criterion: Schema["Criterion"]; said: Schema["Feedback"][] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const share = c.name === "measurable" || c.name === "reachable" || c.name === "stable";
  const write = (v: number) => (share ? f.percent(v) : f.number(v));
  const named = (x: Schema["Part"]) => t.parts[x.name] ?? x.name;
  // What is wanting is named; a channel and a share have a figure.
  const wanting = c.name === "actionable" ? c.parts.filter((x) => x.value === 0).map(named) : [];
  const parts = c.name === "actionable" ? [] : c.parts.map((x) => `${named(x)} ${f.percent(x.value)}`);
  const about = [
    t.threshold(write(c.threshold)),
    ...(parts.length > 0 ? [parts.join(", ")] : []),
    ...(wanting.length > 0 ? [t.missing(f.list(wanting))] : []),
  ];
  const value = c.value === undefined ? "–" : c.name === "actionable" ? t.ofThree(f.count(c.value)) : write(c.value);
  return (
    <div className={classes.criterion}>
      <div className={classes.criterionHead}>
        {t.criteria[c.name]}
        <Badge color={verdictColours[c.verdict]} variant="dot">
          {t.grades[c.verdict]}
        </Badge>
      </div>
      <div className={classes.value}>
        <Why about={t.criteria[c.name]} text={`${c.text}\n${t.gradedBy(write(c.threshold), write(c.threshold / 2))}`}>
          {value}
        </Why>
      </div>
      <p className={classes.quiet}>{about.join(" · ")}</p>
      <p className={classes.quiet}>{t.criteriaText[c.name]}</p>
      {said.map((x) => (
        <p key={x.id} className={classes.quiet}>
          {t.saidOf(x.author || t.somebody, t.grades[x.verdict], x.note ?? "")}
        </p>
      ))}
    </div>
  );
}
