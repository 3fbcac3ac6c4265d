/** What the desk knows, and the one function that changes it. Pure: no clock, no network, no storage. */
import type { ByeCode } from "../generated/ByeCode";
import type { CallView } from "../generated/CallView";
import type { Command } from "../generated/Command";
import type { DeskView } from "../generated/DeskView";
import type { GatewayMessage } from "../generated/GatewayMessage";
import type { Refusal } from "../generated/Refusal";
import type { MediaState, MicrophoneState, SoundDevices } from "../platform/ports";

/** off → connecting → open ⇄ waiting; stopped is left only by the person. */
export type Link =
  | { phase: "off" }
  | { phase: "connecting"; attempt: number }
  | { phase: "open" }
  | { phase: "waiting"; attempt: number; retryAt: number }
  | { phase: "stopped"; code: ByeCode; message: string };

/** What this desk itself noticed, beside the gateway's notices: kept until read. */
export type OwnNotice =
  | { kind: "refused"; key: string; command: Command["type"] | "media"; refusal: Refusal; at: number }
  | { kind: "call_gone"; key: string; number: string; at: number }
  | { kind: "page_refused"; key: string; at: number };

export type RefusedCommand = Extract<OwnNotice, { kind: "refused" }>;

export interface Sound {
  microphone: MicrophoneState;
  speaker: MicrophoneState;
  media: MediaState;
  playbackBlocked: boolean;
  devices: SoundDevices;
}

export interface DeskState {
  link: Link;
  view: DeskView | null;
  seq: number;
  /** Gateway's clock minus ours. */
  skewMs: number;
  /** Commands that have not been answered yet, by id. */
  pending: Readonly<Record<number, Command>>;
  ownNotices: readonly OwnNotice[];
  sound: Sound;
  /** The call of this agent's that ended last, as far as this desk saw it. */
  lastEnded: string | null;
  /** Whether the tab of the customer page could not be reached when a call wanted it. */
  customerTabLost: boolean;
}

export type DeskEvent =
  | { type: "link_changed"; link: Link }
  | { type: "message_received"; message: GatewayMessage; at: number }
  | { type: "command_sent"; id: number; command: Command }
  | { type: "command_refused_here"; refused: RefusedCommand }
  | { type: "notice_read"; key: string }
  | { type: "sound_changed"; change: Partial<Sound> }
  | { type: "customer_tab_changed"; lost: boolean }
  | { type: "customer_page_refused"; at: number }
  | { type: "signed_out" };

export const EMPTY: DeskState = {
  link: { phase: "off" },
  view: null,
  seq: 0,
  skewMs: 0,
  pending: {},
  ownNotices: [],
  sound: {
    microphone: "unknown",
    speaker: "unknown",
    media: "off",
    playbackBlocked: false,
    devices: { microphones: [], speakers: [] },
  },
  lastEnded: null,
  customerTabLost: false,
};

const MOST_NOTICES = 20;

export function reduce(state: DeskState, event: DeskEvent): DeskState {
  switch (event.type) {
    case "link_changed":
      // What was asked on the old socket may or may not have been done; the next view tells.
      return { ...state, link: event.link, pending: event.link.phase === "open" ? state.pending : {} };
    case "message_received":
      return received(state, event.message, event.at);
    case "command_sent":
      return { ...state, pending: { ...state.pending, [event.id]: event.command } };
    case "command_refused_here":
      return withNotice(state, event.refused);
    case "notice_read":
      return { ...state, ownNotices: state.ownNotices.filter((notice) => notice.key !== event.key) };
    case "sound_changed":
      return { ...state, sound: { ...state.sound, ...event.change } };
    case "customer_tab_changed":
      return { ...state, customerTabLost: event.lost };
    case "customer_page_refused":
      return withNotice(state, { kind: "page_refused", key: `page-${event.at}`, at: event.at + state.skewMs });
    case "signed_out":
      return { ...EMPTY, sound: { ...state.sound, media: "off" } };
  }
}

/** A call that was more than a ring, and is no longer at the desk. */
function ended(before: DeskView | null, now: DeskView): string | null {
  const gone = before?.calls.find((call) => call.phase !== "ringing" && now.calls.every((other) => other.call_id !== call.call_id));
  return gone?.call_id ?? null;
}

function received(state: DeskState, message: GatewayMessage, at: number): DeskState {
  switch (message.type) {
    case "welcome":
      // The gateway may have restarted, and its sequence with it.
      return { ...state, link: { phase: "open" }, seq: 0 };
    case "view":
      if (message.seq < state.seq) return state;
      return withCallGone(
        {
          ...state,
          view: message.view,
          seq: message.seq,
          skewMs: message.now_ms - at,
          lastEnded: ended(state.view, message.view) ?? state.lastEnded,
        },
        // The first view after a welcome may tell of something that happened in between.
        state.seq === 0 ? state.view : null,
        message.now_ms,
      );
    case "accepted":
    case "media_answer":
    case "path_checked":
      return { ...state, pending: without(state.pending, message.id) };
    case "refused": {
      const command = state.pending[message.id];
      const refused: RefusedCommand = {
        kind: "refused",
        key: `${message.id}-${message.refusal.reference}`,
        command: command?.type ?? "media",
        refusal: message.refusal,
        at: at + state.skewMs,
      };
      return withNotice({ ...state, pending: without(state.pending, message.id) }, refused);
    }
    case "bye":
      return state;
  }
}

/** Whether both tell one fact: the same refusal, or a browser that still takes no pages. */
function isSameFact(one: OwnNotice, other: OwnNotice): boolean {
  if (one.kind === "refused" && other.kind === "refused") {
    return one.command === other.command && one.refusal.code === other.refusal.code;
  }
  return one.kind === "page_refused" && other.kind === "page_refused";
}

function withNotice(state: DeskState, notice: OwnNotice): DeskState {
  const others = state.ownNotices.filter((old) => !isSameFact(old, notice));
  return { ...state, ownNotices: [...others, notice].slice(-MOST_NOTICES) };
}

/** A call that was talked on when the gateway was lost, and of which it knows nothing any more. */
function withCallGone(state: DeskState, before: DeskView | null, at: number): DeskState {
  const { view } = state;
  const call = mainCall(before);
  if (view === null || call === null || (call.phase !== "talking" && call.phase !== "held")) return state;
  const told =
    view.calls.some((other) => other.call_id === call.call_id) ||
    view.wrap_up?.call.call_id === call.call_id ||
    view.notices.some((notice) => notice.call_id === call.call_id);
  if (told) return state;
  const number = call.direction === "inbound" ? call.caller : call.called;
  return withNotice(state, { kind: "call_gone", key: `gone-${call.call_id}`, number, at });
}

function without(pending: DeskState["pending"], id: number): DeskState["pending"] {
  return Object.fromEntries(Object.entries(pending).filter(([key]) => Number(key) !== id));
}

const PHASE_ORDER: readonly CallView["phase"][] = ["talking", "held", "alerting", "dialing", "ringing"];

/** The call the desk is about: the one talked on before one that only rings. */
export function mainCall(view: DeskView | null): CallView | null {
  if (view === null) return null;
  for (const phase of PHASE_ORDER) {
    const call = view.calls.find((candidate) => candidate.phase === phase);
    if (call !== undefined) return call;
  }
  return null;
}

export function isPending(state: DeskState, type: Command["type"]): boolean {
  return Object.values(state.pending).some((command) => command.type === type);
}
