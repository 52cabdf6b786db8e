import {
  type CollisionDetection,
  DndContext,
  DragOverlay,
  MeasuringStrategy,
  PointerSensor,
  useDndContext,
  useDraggable,
  useDroppable,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { IconGripVertical } from "@tabler/icons-react";
import { type KeyboardEvent, memo, type ReactNode, useMemo } from "react";
import { useMessages } from "../../i18n/language";
import classes from "./builder.module.css";
import { messages } from "./messages";
import type { Target, Way } from "./moves";
import { useShared } from "./shared";
import { inside, type Path } from "./tree";

interface Taken {
  path: Path;
  text: string;
}

const takenOf = (data: { current?: unknown } | null | undefined) => data?.current as Taken | undefined;
const targetOf = (data: { current?: unknown } | null | undefined) => data?.current as Target | undefined;

/** How far from the nearest place, in pixels, a condition is let go for nothing. */
const reach = 96;

/**
 * nearest finds the place that is meant: the middle of a condition goes together with
 * it, else the gap nearest by height. Where gaps are close, what is left of an inner
 * one means the outer.
 */
const nearest: CollisionDetection = ({ active, droppableContainers, droppableRects, pointerCoordinates: at }) => {
  const taken = takenOf(active.data);
  if (!at || !taken) return [];
  let best: { id: string | number; cost: number } | undefined;
  for (const c of droppableContainers) {
    const rect = droppableRects.get(c.id);
    const to = targetOf(c.data);
    if (!rect || !to || inside("group" in to ? to.group : to.beside, taken.path)) continue;
    let cost: number;
    if ("beside" in to) {
      const middle = Math.abs(at.y - (rect.top + rect.height / 2));
      if (middle > rect.height / 5 || at.x < rect.left || at.x > rect.right) continue;
      cost = 0;
    } else {
      cost = Math.abs(at.y - (rect.top + rect.height / 2)) + Math.max(0, rect.left - at.x) / 2;
      if (cost > reach) continue;
    }
    if (!best || cost < best.cost) best = { id: c.id, cost };
  }
  return best ? [{ id: best.id }] : [];
};

/** DragArea lets conditions be taken by their handles, with the mouse or a finger, and be put elsewhere. */
export function DragArea({ children }: { children: ReactNode }) {
  const t = useMessages(messages);
  const { move, say } = useShared();
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 4 } }));
  // What is said is said by the tree, for the mouse and the keyboard alike.
  const accessibility = useMemo(() => {
    const nothing = () => undefined;
    return {
      announcements: { onDragStart: nothing, onDragOver: nothing, onDragEnd: nothing, onDragCancel: nothing },
      screenReaderInstructions: { draggable: t.dragHelp },
    };
  }, [t]);
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={nearest}
      measuring={{ droppable: { strategy: MeasuringStrategy.BeforeDragging } }}
      accessibility={accessibility}
      onDragEnd={({ active, over }) => {
        const taken = takenOf(active.data);
        const to = targetOf(over?.data);
        if (taken && to) move(taken.path, to);
        else say(t.stuck.nowhere);
      }}
      onDragCancel={() => say(t.stuck.nowhere)}
    >
      {children}
      <Overlay />
    </DndContext>
  );
}

/** Overlay is what goes with the pointer. */
function Overlay() {
  const { active } = useDndContext();
  return (
    <DragOverlay dropAnimation={null} className={classes.overlay}>
      {active && <div className={classes.taken}>{takenOf(active.data)?.text}</div>}
    </DragOverlay>
  );
}

const ways: Record<string, Way> = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };

/** Handle is what a condition is dragged by; with it in focus, Alt and an arrow move it. */
export const Handle = memo(function Handle({ path, text }: { path: Path; text: string }) {
  const { move } = useShared();
  const t = useMessages(messages);
  const { setNodeRef, listeners, attributes } = useDraggable({
    id: `take ${path.join(".")}`,
    data: { path, text } satisfies Taken,
  });
  if (path.length === 0) return null;
  return (
    <button
      type="button"
      ref={setNodeRef}
      {...listeners}
      className={classes.handle}
      aria-label={t.handle(text)}
      aria-describedby={attributes["aria-describedby"]}
      aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight"
      title={t.dragHelp}
      data-handle={path.join(".")}
      onKeyDown={(e: KeyboardEvent) => {
        const way = ways[e.key];
        if (!way || !e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return;
        e.preventDefault();
        move(path, way);
      }}
    >
      <IconGripVertical size={14} />
    </button>
  );
});

/** useTarget makes a place of an element, and says whether something would be put there now. */
function useTarget(id: string, to: Target) {
  const { setNodeRef, isOver, active } = useDroppable({ id, data: to });
  const taken = takenOf(active?.data)?.path;
  return { setNodeRef, isOver: isOver && taken !== undefined && changes(taken, to) };
}

/** changes is false for the places on both sides of where a condition is. */
function changes(from: Path, to: Target): boolean {
  if ("beside" in to) return true;
  const index = from.at(-1) ?? 0;
  const same = from.length === to.group.length + 1 && inside(from, to.group);
  return !same || (to.index !== index && to.index !== index + 1);
}

/** Gap is between two conditions: where a dragged one can be put. */
export const Gap = memo(function Gap({ group, index, word }: { group: Path; index: number; word: string }) {
  const { setNodeRef, isOver } = useTarget(`gap ${group.join(".")} ${index}`, { group, index });
  return (
    <div
      ref={setNodeRef}
      className={classes.gap}
      data-gap={`${group.join(".")} ${index}`}
      data-over={isOver || undefined}
    >
      {word}
    </div>
  );
});

/** Beside lies over a condition: one that is put on it comes into a group with it. */
export const Beside = memo(function Beside({ path }: { path: Path }) {
  const t = useMessages(messages);
  const { setNodeRef, isOver } = useTarget(`beside ${path.join(".")}`, { beside: path });
  if (path.length === 0) return null;
  return (
    <div ref={setNodeRef} className={classes.beside} data-over={isOver || undefined} aria-hidden="true">
      {isOver && <span>{t.together}</span>}
    </div>
  );
});
