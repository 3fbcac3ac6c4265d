/** Which of the desk's scenes is on, derived from the gateway's view and nothing else. */
import type { CallView } from "../generated/CallView";
import type { DeskView } from "../generated/DeskView";
import type { WrapUpView } from "../generated/WrapUpView";
import { mainCall } from "./state";

export type Scene =
  | { kind: "offline"; since: number }
  | { kind: "break"; code: string; since: number }
  | { kind: "ready"; since: number }
  | { kind: "ringing"; call: CallView; since: number }
  | { kind: "dialing"; call: CallView; since: number }
  | { kind: "talking"; call: CallView; since: number }
  | { kind: "held"; call: CallView; since: number }
  | { kind: "wrap_up"; wrapUp: WrapUpView; since: number };

export type SceneKind = Scene["kind"];

export function sceneOf(view: DeskView): Scene {
  const call = mainCall(view);
  if (call !== null) {
    const since = call.phase_ms;
    switch (call.phase) {
      case "ringing":
        return { kind: "ringing", call, since };
      case "dialing":
      case "alerting":
        return { kind: "dialing", call, since: call.started_ms };
      case "talking":
        return { kind: "talking", call, since: call.answered_ms ?? since };
      case "held":
        return { kind: "held", call, since };
    }
  }
  const since = view.agent.since_ms;
  if (view.wrap_up !== null) return { kind: "wrap_up", wrapUp: view.wrap_up, since };
  const presence = view.agent.presence;
  switch (presence.type) {
    case "offline":
      return { kind: "offline", since };
    case "break":
      return { kind: "break", code: presence.code, since };
    case "ready":
      return { kind: "ready", since };
  }
}

export function callOf(scene: Scene): CallView | null {
  return "call" in scene ? scene.call : null;
}

/** The customer's side of a call. */
export function customerOf(call: { direction: CallView["direction"]; caller: string; called: string }): string {
  return call.direction === "inbound" ? call.caller : call.called;
}

/** Our own number in a call. */
export function ownNumberOf(call: { direction: CallView["direction"]; caller: string; called: string }): string {
  return call.direction === "inbound" ? call.called : call.caller;
}
