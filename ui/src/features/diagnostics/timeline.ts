/** What happened at this desk of late, in words without numbers or names: for the diagnostics, and only there. */
import { type DeskState, mainCall } from "../../desk/state";
import { useDesk } from "../../desk/store";
import { type TabMemory, recalled, remember } from "./remembered";

export interface Moment {
  at: number;
  what: string;
}

/** A shift's worth of changes; the oldest are forgotten. */
const MOST = 500;
const KEY = "diagnostics.timeline";

let moments: readonly Moment[] = [];

export function timeline(): readonly Moment[] {
  return moments;
}

/** Says what changed; empty: nothing worth a line. */
export function changes(state: DeskState, before: DeskState): string[] {
  const said: string[] = [];
  if (state.link.phase !== before.link.phase) said.push(`gateway ${state.link.phase}`);
  if (state.sound.media !== before.sound.media) said.push(`sound path ${state.sound.media}`);
  if (state.sound.microphone !== before.sound.microphone) said.push(`microphone ${state.sound.microphone}`);
  if (state.sound.speaker !== before.sound.speaker) said.push(`speaker ${state.sound.speaker}`);
  const [call, old] = [mainCall(state.view), mainCall(before.view)];
  if (call !== null && (call.call_id !== old?.call_id || call.phase !== old.phase)) {
    said.push(`call ${call.call_id} ${call.direction} ${call.phase}`);
  }
  if (call === null && old !== null) said.push(`call ${old.call_id} over`);
  if (call?.sound_trouble != null && call.sound_trouble.code !== old?.sound_trouble?.code) {
    said.push(`sound trouble ${call.sound_trouble.code}`);
  }
  const [level, was] = [state.view?.agent.quality?.level, before.view?.agent.quality?.level];
  if (level !== was && level !== undefined) said.push(`quality ${level}`);
  const [presence, chosen] = [state.view?.agent.presence.type, before.view?.agent.presence.type];
  if (presence !== chosen && presence !== undefined) said.push(`presence ${presence}`);
  for (const notice of state.ownNotices) {
    if (before.ownNotices.includes(notice)) continue;
    if (notice.kind === "refused") {
      said.push(`${notice.command} refused: ${notice.refusal.code}, reference ${notice.refusal.reference}`);
    }
    if (notice.kind === "page_refused") said.push("customer page not taken by the browser");
  }
  return said;
}

/** Watches the desk from now on. Returns how to stop. */
export function keepTimeline(memory: TabMemory, now: () => number = Date.now): () => void {
  moments = recalled(memory, KEY) as readonly Moment[];
  return useDesk.subscribe((state, before) => {
    const fresh = changes(state, before).map((what) => ({ at: now(), what }));
    if (fresh.length === 0) return;
    moments = [...moments, ...fresh].slice(-MOST);
    remember(memory, KEY, moments);
  });
}
