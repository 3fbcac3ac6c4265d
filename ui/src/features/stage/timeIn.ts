/** How long a state has lasted, as its timer shows it. */
import type { TFunction } from "i18next";

import { clock, lasting } from "../../components/time";
import type { Scene } from "../../desk/scene";

/**
 * Seconds count in a call, after it and in a break. An agent who waits for calls is shown minutes after the first one:
 * drawing a page every second is most of what a desk costs its computer, hour after hour.
 */
export function timeIn(scene: Scene, now: number, t: TFunction): string {
  const ms = now - scene.since;
  switch (scene.kind) {
    case "offline":
    case "ready":
      return lasting(ms, t);
    case "break":
    case "ringing":
    case "dialing":
    case "talking":
    case "held":
    case "wrap_up":
      return clock(ms);
  }
}
