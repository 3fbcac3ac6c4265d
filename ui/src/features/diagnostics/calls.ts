/** The calls of late at this desk and how well they were heard, without numbers or names: for the diagnostics. */
import { type DeskState } from "../../desk/state";
import { useDesk } from "../../desk/store";
import type { CallView } from "../../generated/CallView";
import type { DeskView } from "../../generated/DeskView";
import type { Quality } from "../../generated/Quality";
import { type TabMemory, recalled, remember } from "./remembered";

export interface LateCall {
  id: string;
  direction: CallView["direction"];
  /** Each phase with its beginning, UTC milliseconds of this desk. */
  phases: readonly { at: number; phase: CallView["phase"] }[];
  /** When it was no longer at this desk. */
  over: number | null;
  heard: readonly { at: number; quality: Quality }[];
}

/** The oldest are forgotten. */
const MOST_CALLS = 20;
/** Of a call that is longer every second reading is forgotten. */
const MOST_READINGS = 240;
const KEY = "diagnostics.calls";
/** Readings come every second; what is remembered may be as old as this. */
const REMEMBERED_EVERY_MS = 10_000;

let calls: readonly LateCall[] = [];

export function lateCalls(): readonly LateCall[] {
  return calls;
}

function continued(former: LateCall | undefined, call: CallView, quality: Quality | null, at: number): LateCall {
  const { call_id: id, direction, phase } = call;
  const before = former ?? { id, direction, phases: [], over: null, heard: [] };
  const phases = before.phases.at(-1)?.phase === phase ? before.phases : [...before.phases, { at, phase }];
  const read = quality !== null && phase === "talking" && before.heard.at(-1)?.quality !== quality;
  const heard = read ? [...before.heard, { at, quality }] : before.heard;
  return { ...before, phases, heard: heard.length > MOST_READINGS ? heard.filter((_, index) => index % 2 === 0) : heard };
}

/** The calls after a view. */
export function after(former: readonly LateCall[], view: DeskView | null, at: number): readonly LateCall[] {
  const here = view?.calls ?? [];
  const known = former.map((call) => {
    const now = here.find((other) => other.call_id === call.id);
    if (now !== undefined) return continued(call, now, view?.agent.quality ?? null, at);
    return call.over === null ? { ...call, over: at } : call;
  });
  const fresh = here.filter((call) => former.every((other) => other.id !== call.call_id));
  return [...known, ...fresh.map((call) => continued(undefined, call, view?.agent.quality ?? null, at))].slice(-MOST_CALLS);
}

/** Whether a call has come, gone on, or gone: more than another reading. */
function moved(former: readonly LateCall[], now: readonly LateCall[]): boolean {
  const same = (call: LateCall, index: number) =>
    call.id === former[index]?.id && call.over === former[index].over && call.phases === former[index].phases;
  return former.length !== now.length || !now.every(same);
}

/** Watches the desk from now on. Returns how to stop. */
export function keepCalls(memory: TabMemory, now: () => number = Date.now): () => void {
  calls = recalled(memory, KEY) as readonly LateCall[];
  let rememberedAt = now();
  return useDesk.subscribe((state: DeskState, before: DeskState) => {
    if (state.view === before.view) return;
    const former = calls;
    calls = after(former, state.view, now());
    if (calls.length === 0 || (!moved(former, calls) && now() - rememberedAt < REMEMBERED_EVERY_MS)) return;
    rememberedAt = now();
    remember(memory, KEY, calls);
  });
}
