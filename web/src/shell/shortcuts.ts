import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Shortcut {
  /** One key, or two after each other: "n", "g s". */
  keys: string;
  label: string;
  run: () => void;
}

let active: Shortcut[] = [];
const listeners = new Set<() => void>();

function change(next: Shortcut[]) {
  active = next;
  for (const l of listeners) l();
}

/** typing reports whether keys go into a field. */
function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type="radio"], [type="checkbox"]), textarea, select'))
  );
}

let first = "";
let forget = 0;

function press(e: KeyboardEvent) {
  if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || typing(e.target)) return;
  // While a dialogue or a menu is open, keys belong to it.
  if (document.querySelector('[role="dialog"], [role="menu"]')) return;
  const both = first ? `${first} ${e.key}` : "";
  window.clearTimeout(forget);
  first = "";
  const found = active.findLast((s) => s.keys === both) ?? active.findLast((s) => s.keys === e.key);
  if (found) {
    e.preventDefault();
    found.run();
  } else if (active.some((s) => s.keys.startsWith(`${e.key} `))) {
    first = e.key;
    forget = window.setTimeout(() => {
      first = "";
    }, 1500);
  }
}

/** listen answers keys until the returned function is called. */
export function listen() {
  window.addEventListener("keydown", press);
  return () => window.removeEventListener("keydown", press);
}

/** useShortcut makes keys do something while the component is shown, and lists them under `?`. */
export function useShortcut(keys: string, label: string, run: () => void) {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const mine: Shortcut = { keys, label, run: () => latest.current() };
    change([...active, mine]);
    return () => change(active.filter((s) => s !== mine));
  }, [keys, label]);
}

/** useShortcuts returns what keys do now. */
export function useShortcuts(): Shortcut[] {
  return useSyncExternalStore(
    (l) => {
      listeners.add(l);
      return () => listeners.delete(l);
    },
    () => active,
  );
}
