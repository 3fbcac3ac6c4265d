import { useSyncExternalStore } from "react";

/** From here on rail and call take less than half of the width, so that the customer page gets at least half. */
const WIDE = "(min-width: 1024px)";

function subscribe(changed: () => void): () => void {
  const query = window.matchMedia(WIDE);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

export function useWide(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(WIDE).matches);
}
