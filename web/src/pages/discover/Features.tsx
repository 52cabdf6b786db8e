import { Badge, Checkbox, Select } from "@mantine/core";
import type { Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Bins } from "../../parts/Bins";
import { sentence } from "../../parts/states";
import classes from "./discover.module.css";
import { messages } from "./messages";

type FeatureSpread = Schema["FeatureSpread"];

export type Use = "auto" | "log" | "winsorise" | "none";
const uses: Use[] = ["auto", "none", "log", "winsorise"];

/** Above these, a feature's missing values and its skewness are pointed out. */
const muchMissing = 0.2;
const muchSkew = 1.5;

/** Features shows what would be looked at: how each is spread, what is missing, and how it would be used. */
export function Features(props: {
  preview: Schema["FeaturePreview"];
  left: string[];
  onLeft: (names: string[]) => void;
  use: Record<string, Use>;
  onUse: (use: Record<string, Use>) => void;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const { preview: p, left, onLeft, use, onUse } = props;
  const kept = p.features.filter((x) => !left.includes(x.name)).length;
  return (
    <section aria-label={t.features}>
      <p className={classes.previewed}>
        {t.wouldDivide(f.count(p.n), f.count(kept))} <code>{p.among}</code>
      </p>
      <ul className={classes.features}>
        {p.features.map((x) => (
          <Feature
            key={x.name}
            feature={x}
            n={p.n}
            kept={!left.includes(x.name)}
            onKept={(yes) => onLeft(yes ? left.filter((n) => n !== x.name) : [...left, x.name])}
            use={use[x.name] ?? "auto"}
            onUse={(how) => onUse({ ...use, [x.name]: how })}
          />
        ))}
        {p.refused.map((r) => (
          <li key={r.name} className={classes.feature}>
            <span className={classes.quiet}>{r.name}</span>
            <span className={classes.refused}>
              {t.notUsed} {sentence(r.reason)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Feature(props: {
  feature: FeatureSpread;
  n: number;
  kept: boolean;
  onKept: (yes: boolean) => void;
  use: Use;
  onUse: (how: Use) => void;
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const { feature: x, n, kept, onKept, use, onUse } = props;
  const number = x.kind === "number" || x.kind === "days";
  return (
    <li className={classes.feature} data-left={!kept || undefined}>
      <Checkbox
        label={x.name}
        checked={kept}
        onChange={(e) => onKept(e.currentTarget.checked)}
        classNames={{ label: classes.featureName }}
      />
      <div className={classes.featureSpread}>
        {number || x.kind === "share" ? (
          <figure className={classes.bins}>
            <Bins counts={x.counts} label={t.distributionOf(x.name)} height={34} />
            <figcaption>{t.fromTo(f.number(x.from), f.number(x.to), x.kind === "days")}</figcaption>
          </figure>
        ) : (
          <Levels feature={x} n={n} />
        )}
        {x.used.length > 0 && (
          <>
            <span aria-hidden="true">→</span>
            <figure className={classes.bins}>
              <Bins counts={x.used} label={t.distributionAsUsed(x.name)} height={34} />
              <figcaption>{x.log ? t.log : t.limited}</figcaption>
            </figure>
          </>
        )}
      </div>
      <div className={classes.featureSays}>
        {x.missing > 0 && (
          <Badge color={x.missing > muchMissing ? "yellow" : "gray"} variant="dot">
            {t.missingShare(f.percent(x.missing))}
          </Badge>
        )}
        {Math.abs(x.skewness) > muchSkew && (
          <Badge color="yellow" variant="dot" title={t.skewWhy}>
            {t.skewed(f.number(x.skewness))}
          </Badge>
        )}
      </div>
      {number ? (
        <Select
          aria-label={t.usedHow(x.name)}
          data={uses.map((u) => ({
            value: u,
            label: u === "auto" ? t.uses.auto(x.log ? t.log : x.used.length > 0 ? t.limited : t.asItIs) : t.uses[u],
          }))}
          value={use}
          onChange={(v) => v && onUse(v as Use)}
          allowDeselect={false}
          disabled={!kept}
        />
      ) : (
        <span />
      )}
    </li>
  );
}

/** Levels are the shares of a flag or of the most frequent texts. */
function Levels({ feature: x, n }: { feature: FeatureSpread; n: number }) {
  const t = useMessages(messages);
  const f = useFormat();
  const parts =
    x.kind === "flag"
      ? [{ name: t.yes, count: x.counts[1] ?? 0 }]
      : (x.levels ?? []).map((name, i) => ({ name, count: x.counts[i] ?? 0 })).slice(0, 3);
  return (
    <div className={classes.levels}>
      {parts.map((p) => (
        <div key={p.name} className={classes.level}>
          <span>{p.name}</span>
          <span className={classes.levelBar} aria-hidden="true">
            <span style={{ width: `${(p.count / Math.max(n, 1)) * 100}%` }} />
          </span>
          <span>{f.percent(p.count / Math.max(n, 1))}</span>
        </div>
      ))}
      {(x.levels?.length ?? 0) > 3 && (
        <span className={classes.quiet}>{t.moreLevels(f.count((x.levels?.length ?? 0) - 3))}</span>
      )}
    </div>
  );
}
