/** Where a microphone's trouble is cured: in the browser's settings, or in those of the system around the window. */
import type { MicrophoneState, System } from "../../platform/ports";

export type Trouble = Extract<MicrophoneState, "denied" | "missing" | "busy">;

export function isTrouble(state: string): state is Trouble {
  return state === "denied" || state === "missing" || state === "busy";
}

export function cureOf(trouble: Trouble, system: System | undefined) {
  if (system === undefined || trouble === "missing") return `problem.${trouble}` as const;
  return `problem.on.${system}.${trouble}` as const;
}
