import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { call, client, type Schema } from "../../api/client";
import { useFormat } from "../../format/format";
import { useMessages } from "../../i18n/language";
import { Loaded } from "../../parts/states";
import { messages } from "./messages";
import classes from "./overview.module.css";
import { movementsQuery } from "./queries";

/** Drift says of segments why they changed between their last two refreshes. */
export function Drift({ segments }: { segments: Schema["Segment"][] }) {
  const moved = useQuery(movementsQuery(undefined));
  return (
    <Loaded query={moved} lines={2}>
      {(m) =>
        segments.slice(0, 5).map((s) => {
          const move = m.segments.find((x) => x.segment === s.name);
          return move ? <Causes key={s.name} move={move} /> : null;
        })
      }
    </Loaded>
  );
}

function Causes({ move }: { move: Schema["Movement"] }) {
  const t = useMessages(messages);
  const f = useFormat();
  const name = move.segment;
  const [from, to] = [move.before.as_of, move.after.as_of];
  const change = useQuery({
    queryKey: ["segments", name, "change", from, to],
    queryFn: ({ signal }) =>
      call(client.POST("/api/v1/segments/{name}/change", { params: { path: { name } }, body: { from, to }, signal })),
    enabled: from < to,
    staleTime: 10 * 60_000,
  });
  return (
    <div className={classes.drift}>
      <Link to="/segments/$name" params={{ name }}>
        {name}
      </Link>
      {": "}
      {t.driftOf(
        f.count(move.before.members),
        f.asOf(from),
        f.count(move.after.members),
        f.asOf(to),
        f.count(move.joined),
        f.count(move.left),
      )}
      {from < to && (
        <Loaded query={change} lines={1}>
          {(c) => (
            <ul>
              {c.causes
                .filter((x) => x.joined + x.left > 0)
                .map((x) => (
                  <li key={x.name}>
                    {x.text} <b>{t.causeMoved(f.change(x.joined), f.change(-x.left))}</b>
                  </li>
                ))}
            </ul>
          )}
        </Loaded>
      )}
    </div>
  );
}
