/** The gateway's clock, ticking once a second. */
import { useSyncExternalStore } from "react";

import { useDesk } from "../desk/store";

const TICK_MS = 250;
let second = Math.floor(Date.now() / 1_000);
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    const now = Math.floor(Date.now() / 1_000);
    if (now === second) return;
    second = now;
    for (const told of listeners) told();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

function snapshot(): number {
  // While nobody listens the stored second stands still.
  if (timer === null) second = Math.floor(Date.now() / 1_000);
  return second;
}

export function useNow(): number {
  const skew = useDesk((state) => state.skewMs);
  return useSyncExternalStore(subscribe, snapshot) * 1_000 + 999 + skew;
}
