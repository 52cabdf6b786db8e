import { Button, Menu } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { memo } from "react";
import { useMessages } from "../../i18n/language";
import { event, first, path as nameOf, number } from "./forms";
import { traitsOf } from "./Leaf";
import { messages } from "./messages";
import { useShared } from "./shared";
import type { Node, Path } from "./tree";
import * as tree from "./tree";

/** AddMenu adds a condition to a group; on a plain condition it makes a group of both. */
export const AddMenu = memo(function AddMenu({ path }: { path: Path }) {
  const t = useMessages(messages);
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <Button variant="default" leftSection={<IconPlus size={14} />} mt={4}>
          {t.add}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Items path={path} />
      </Menu.Dropdown>
    </Menu>
  );
});

function Items({ path }: { path: Path }) {
  const { root, edit, catalogue, subject, known } = useShared();
  const t = useMessages(messages);
  const trait = traitsOf(catalogue, subject)[0];
  const action = catalogue.events.find((e) => /purchase|order|køb|ordre/.test(e.name)) ?? catalogue.events[0];
  const segment = catalogue.segments[0];
  const item = (label: string, node: Node) => (
    <Menu.Item onClick={() => edit((r) => tree.addTo(r, path, node))}>{label}</Menu.Item>
  );
  const step = (name: string, rest: Record<string, unknown>): Node => ({ type: "step", events: event(name), ...rest });
  const month = { n: 30, unit: "day" };
  return (
    <>
      {trait && item(t.addTrait, first(trait, known.today))}
      {action && (
        <>
          {item(t.addEvent, {
            type: "did",
            steps: [step(action.name, { count: { type: "count", op: "at_least", n: 1 } })],
          })}
          {item(t.addNoEvent, {
            type: "did",
            not: true,
            steps: [step(action.name, { window: { type: "within_last", ...month } })],
          })}
          {item(t.addMeasure, {
            type: "compare",
            term: { type: "measure", agg: "count", events: event(action.name) },
            op: ">=",
            value: number(1),
          })}
          {item(t.addLast, {
            type: "in_window",
            term: { type: "last_event", events: event(action.name) },
            window: { type: "more_than", ...month },
          })}
        </>
      )}
      {segment && item(t.addSegment, { type: "in_segment", segment: segment.name })}
      {trait &&
        tree.isGroup(root()) &&
        item(t.addGroup, {
          type: "or",
          clauses: [first(trait, known.today), { type: "known", term: nameOf(trait.name) }],
        })}
    </>
  );
}
