import { Button, Chip, Group } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { call, client, type Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useLabel } from "../../format/label";
import { shown } from "../../format/value";
import { useMessages } from "../../i18n/language";
import { Empty, ErrorState, Loading } from "../../parts/states";
import classes from "./customers.module.css";
import { Properties } from "./EventLine";
import { messages } from "./messages";
import { type Occasion, occasionsOf, totalOf } from "./occasions";
import { customerRoute } from "./route";

const pageSize = 200;

interface Props {
  profile: Schema["Profile"];
  kind: "person" | "company";
  asOf: string | undefined;
  catalogue: Schema["Catalogue"];
}

/** Timeline shows what a customer did, the latest first: the lines of an order together, with what they come to. */
export function Timeline({ profile: p, kind, asOf, catalogue }: Props) {
  const t = useMessages(messages);
  const { events: wanted } = customerRoute.useSearch();
  const types = wanted?.split(",").filter((e) => p.events.some((x) => x.event === e));
  const q = useInfiniteQuery({
    queryKey: ["events", p.key, kind, asOf, types],
    queryFn: ({ signal, pageParam }) =>
      call(
        client.GET("/api/v1/profiles/{key}/events", {
          params: {
            path: { key: p.key },
            query: { kind, as_of: asOf, limit: pageSize, cursor: pageParam, type: types },
          },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next,
  });
  const occasions = useMemo(() => {
    const all = occasionsOf(q.data?.pages.flatMap((x) => x.events) ?? [], catalogue);
    // The lines of the last one may go on in the next page.
    return q.hasNextPage && all.length > 1 ? all.slice(0, -1) : all;
  }, [q.data, q.hasNextPage, catalogue]);
  return (
    <>
      {p.events.length > 1 && <Types profile={p} chosen={types ?? []} />}
      {q.error && !q.data ? (
        <ErrorState error={q.error} retry={() => void q.refetch()} />
      ) : !q.data ? (
        <Loading lines={6} />
      ) : occasions.length === 0 ? (
        <Empty title={t.noEvents} />
      ) : (
        <>
          <Occasions
            occasions={occasions}
            worth={p.bought}
            catalogue={catalogue}
            onEnd={() => q.hasNextPage && !q.isFetchingNextPage && void q.fetchNextPage()}
          />
          {q.hasNextPage && (
            <Button variant="default" mt="sm" loading={q.isFetchingNextPage} onClick={() => void q.fetchNextPage()}>
              {t.earlier}
            </Button>
          )}
        </>
      )}
    </>
  );
}

/** Types chooses which events are shown; none chosen is all. */
function Types({ profile: p, chosen }: { profile: Schema["Profile"]; chosen: string[] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const label = useLabel();
  const navigate = customerRoute.useNavigate();
  return (
    <Chip.Group
      multiple
      value={chosen}
      onChange={(v) => void navigate({ search: (s) => ({ ...s, events: v.join(",") || undefined }), replace: true })}
    >
      <Group gap={6} mb="sm" role="group" aria-label={t.eventFilter}>
        {p.events.map((e) => (
          <Chip key={e.event} value={e.event} size="xs" variant="outline">
            {label(e.event, e.label)} {f.count(e.count)}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}

/** Occasions draws only those that are in the window: there may be thousands. */
function Occasions(props: {
  occasions: Occasion[];
  worth: Schema["ProfileBought"] | undefined;
  catalogue: Schema["Catalogue"];
  onEnd: () => void;
}) {
  const { occasions, worth, catalogue, onEnd } = props;
  const list = useRef<HTMLOListElement>(null);
  const [top, setTop] = useState(0);
  // Where the list begins in the window changes with what is above it.
  useEffect(() => {
    const measure = () => setTop(list.current ? list.current.getBoundingClientRect().top + window.scrollY : 0);
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    measure();
    return () => observer.disconnect();
  }, []);
  const rows = useWindowVirtualizer({
    count: occasions.length,
    estimateSize: () => 84,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (i) => i,
  });
  const items = rows.getVirtualItems();
  const end = top + rows.getTotalSize();
  const bottom = (rows.scrollOffset ?? 0) + window.innerHeight;
  useEffect(() => {
    if (end < bottom + 200) onEnd();
  }, [end, bottom, onEnd]);
  return (
    <ol ref={list} className={classes.timeline} style={{ height: rows.getTotalSize() }}>
      {items.map((item) => {
        const o = occasions[item.index];
        return (
          o && (
            <li
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              aria-setsize={occasions.length}
              aria-posinset={item.index + 1}
              style={{ transform: `translateY(${item.start - top}px)` }}
            >
              <One occasion={o} worth={worth} catalogue={catalogue} />
            </li>
          )
        );
      })}
    </ol>
  );
}

/** lines is how many lines of an order are shown at first. */
const lines = 3;

function One(props: {
  occasion: Occasion;
  worth: Schema["ProfileBought"] | undefined;
  catalogue: Schema["Catalogue"];
}) {
  const t = useMessages(messages);
  const f = useFormat();
  const label = useLabel();
  const [all, setAll] = useState(false);
  const { occasion: o, worth, catalogue } = props;
  const type = catalogue.events.find((e) => e.name === o.type);
  const labels = useMemo(() => new Map(type?.properties.map((x) => [x.name, x.label])), [type]);
  const property = worth?.event === o.type ? worth.property : undefined;
  const total = property === undefined ? undefined : totalOf(o, property);
  return (
    <>
      <div className={classes.head}>
        <b>
          {label(o.type, type?.label)}
          {o.key !== undefined && ` ${shown(o.key, f)}`}
        </b>
        <span className={classes.when}>{shown(o.time, f)}</span>
        {o.lines.length > 1 && <span className={classes.quiet}>{t.lines(f.count(o.lines.length))}</span>}
        {total !== undefined && <span className={classes.total}>{f.money(total)}</span>}
      </div>
      <Properties values={o.common} worth={property} labels={labels} />
      {o.lines.length > 1 && (
        <ul className={classes.lines}>
          {o.lines.slice(0, all ? undefined : lines).map((line, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own
            <li key={i}>
              <Properties values={line} worth={property} labels={labels} />
            </li>
          ))}
        </ul>
      )}
      {o.lines.length > lines && !all && (
        <Button variant="subtle" size="compact-xs" onClick={() => setAll(true)}>
          {t.moreLines(f.count(o.lines.length - lines))}
        </Button>
      )}
    </>
  );
}
