/** What the desk's devices should be doing, given a view. Pure, so that a reload comes to the same answer. */
import type { CallView } from "../generated/CallView";
import type { DeskView } from "../generated/DeskView";
import type { MicrophoneWish } from "../platform/ports";
import { mainCall } from "./state";

/** Opened while it rings, so that the first word is not lost to a slow device; closed as soon as no call is left. */
export function wantedMicrophone(view: DeskView | null): MicrophoneWish {
  const call = mainCall(view);
  if (call === null) return "closed";
  return call.phase === "talking" && !call.muted ? "open" : "muted";
}

export function ringingCall(view: DeskView | null): CallView | null {
  const call = mainCall(view);
  return call?.phase === "ringing" ? call : null;
}

/** Whether there is a call whose sound is worth measuring. */
export function soundMatters(view: DeskView | null): boolean {
  const call = mainCall(view);
  return call !== null && call.phase !== "ringing";
}

export interface Pop {
  callId: string;
  url: string;
}

/** The customer page to show: that of the newest call. */
export function wantedPop(view: DeskView | null): Pop | null {
  const call = mainCall(view);
  const url = safeUrl(call?.pop_url ?? null);
  return call === null || url === null ? null : { callId: call.call_id, url };
}

/** Pages come from settings; only the web's own schemes may be opened. */
export function safeUrl(url: string | null): string | null {
  if (url === null) return null;
  try {
    const parsed = new URL(url, window.location.href);
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed.href : null;
  } catch {
    return null;
  }
}
