/** The gateway's clock, ticking once a second. Whoever shows less than seconds reads less off it, and is drawn less often. */
import { useSyncExternalStore } from "react";

import { useDesk } from "../desk/store";

let second = Math.floor(Date.now() / 1_000);
let timer: ReturnType<typeof setTimeout> | null = null;
const listeners = new Set<() => void>();

/** Wakes at the next full second. */
function wind(): void {
  timer = setTimeout(() => {
    wind();
    // Woken a moment early, nothing has changed yet.
    const now = Math.floor(Date.now() / 1_000);
    if (now === second) return;
    second = now;
    for (const told of listeners) told();
  }, 1_000 - (Date.now() % 1_000));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) wind();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearTimeout(timer);
      timer = null;
    }
  };
}

function snapshot(): number {
  // While nobody listens the stored second stands still.
  if (timer === null) second = Math.floor(Date.now() / 1_000);
  return second;
}

/** Reads something off the clock; the component is drawn anew only when that has changed. */
export function useClock<T extends string | number>(read: (now: number) => T): T {
  const skew = useDesk((state) => state.skewMs);
  return useSyncExternalStore(subscribe, () => read(snapshot() * 1_000 + 999 + skew));
}

export function useNow(): number {
  return useClock((now) => now);
}
