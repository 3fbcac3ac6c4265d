import { describe, expect, it } from "vitest";

import type { DeskView } from "../generated/DeskView";
import type { GatewayMessage } from "../generated/GatewayMessage";
import { aCall, aView } from "../test/fakes";
import { type DeskState, EMPTY, isPending, mainCall, reduce } from "./state";

const WELCOME: GatewayMessage = { type: "welcome", protocol: 1, gateway: "g", ice_servers: [], heartbeat_ms: 5_000 };

function hear(state: DeskState, message: GatewayMessage, at = 1_000): DeskState {
  return reduce(state, { type: "message_received", message, at });
}

function viewed(seq: number, now_ms = 1_000): GatewayMessage {
  return { type: "view", seq, now_ms, view: aView({ agent: { since_ms: seq } }) };
}

describe("views", () => {
  it("keeps the newest and drops older ones", () => {
    let state = hear(EMPTY, viewed(7));
    state = hear(state, viewed(6));
    expect(state.seq).toBe(7);
    expect(state.view?.agent.since_ms).toBe(7);
  });

  it("accepts the same number again, because a desk may ask for it", () => {
    const state = hear(hear(EMPTY, viewed(7)), viewed(7));
    expect(state.seq).toBe(7);
  });

  it("starts counting anew with each welcome, because the gateway may have restarted", () => {
    let state = hear(EMPTY, viewed(900));
    state = hear(state, WELCOME);
    state = hear(state, viewed(1));
    expect(state.view?.agent.since_ms).toBe(1);
  });

  it("keeps showing the last one while the link is down", () => {
    let state = hear(EMPTY, viewed(3));
    state = reduce(state, { type: "link_changed", link: { phase: "waiting", attempt: 1, retryAt: 0 } });
    expect(state.view?.agent.since_ms).toBe(3);
  });

  it("remembers the call that ended last, and that a ring that went by was none", () => {
    const shown = (seq: number, calls: DeskView["calls"]): GatewayMessage => ({ type: "view", seq, now_ms: 1_000, view: aView({ calls }) });
    let state = hear(EMPTY, shown(1, [aCall({ call_id: "a", phase: "ringing" })]));
    state = hear(state, shown(2, []));
    expect(state.lastEnded).toBeNull();
    state = hear(state, shown(3, [aCall({ call_id: "b", phase: "talking" })]));
    expect(state.lastEnded).toBeNull();
    state = hear(state, shown(4, []));
    expect(state.lastEnded).toBe("b");
    expect(hear(state, shown(5, [aCall({ call_id: "c", phase: "talking" })])).lastEnded).toBe("b");
  });

  it("learns the gateway's clock", () => {
    expect(hear(EMPTY, viewed(1, 5_000), 2_000).skewMs).toBe(3_000);
  });
});

describe("commands", () => {
  const sent = reduce(EMPTY, { type: "command_sent", id: 4, command: { type: "ready" } });

  it("are pending until accepted", () => {
    expect(isPending(sent, "ready")).toBe(true);
    expect(isPending(hear(sent, { type: "accepted", id: 4, call_id: null }), "ready")).toBe(false);
  });

  it("leave a refusal that stays until read", () => {
    const refusal = { code: "bad_number" as const, message: "no", reference: "R-1" };
    const state = hear(sent, { type: "refused", id: 4, refusal });
    expect(state.ownNotices).toMatchObject([{ command: "ready", refusal }]);
    expect(isPending(state, "ready")).toBe(false);
    const key = state.ownNotices[0]?.key ?? "";
    expect(reduce(state, { type: "notice_read", key }).ownNotices).toEqual([]);
  });

  it("show the same refusal once, with the newest reference", () => {
    let state = sent;
    for (const [id, reference] of [[4, "R-1"], [5, "R-2"]] as const) {
      state = reduce(state, { type: "command_sent", id, command: { type: "ready" } });
      state = hear(state, { type: "refused", id, refusal: { code: "no_sound", message: "no", reference } });
    }
    expect(state.ownNotices.map((notice) => (notice.kind === "refused" ? notice.refusal.reference : ""))).toEqual(["R-2"]);
  });

  it("are forgotten when the link is lost", () => {
    const state = reduce(sent, { type: "link_changed", link: { phase: "connecting", attempt: 1 } });
    expect(state.pending).toEqual({});
  });
});

describe("the main call", () => {
  it("is the one talked on, not the one that rings beside it", () => {
    const calls = [aCall({ call_id: "a" }), aCall({ call_id: "b", phase: "held" }), aCall({ call_id: "c", phase: "talking" })];
    expect(mainCall(aView({ calls }))?.call_id).toBe("c");
    expect(mainCall(aView({ calls: calls.slice(0, 2) }))?.call_id).toBe("b");
    expect(mainCall(aView())).toBeNull();
  });
});

describe("a call that is gone after the gateway was", () => {
  const talking = aView({ calls: [aCall({ phase: "talking" })] });
  const view = (v: typeof talking): GatewayMessage => ({ type: "view", seq: 1, now_ms: 1_000, view: v });
  const back = (v: typeof talking) => hear(hear(hear(EMPTY, view(talking)), WELCOME), view(v)).ownNotices;

  it("is told of", () => {
    expect(back(aView())).toMatchObject([{ kind: "call_gone", number: "13800138000" }]);
  });

  it("is not told of when it goes on, or when the gateway tells of it", () => {
    expect(back(talking)).toEqual([]);
    const notice = { notice_id: "N", code: "call_lost" as const, message: "", at_ms: 1, call_id: "job-1" };
    expect(back(aView({ notices: [notice] }))).toEqual([]);
  });

  it("is not told of when it ends while the desk is there", () => {
    expect(hear(hear(EMPTY, view(talking)), { ...view(aView()), seq: 2 } as GatewayMessage).ownNotices).toEqual([]);
  });
});

it("signing out forgets the person and keeps the devices", () => {
  const devices = { microphones: [{ id: "m", label: "Headset" }], speakers: [] };
  let state = reduce(EMPTY, { type: "sound_changed", change: { devices, media: "connected" } });
  state = hear(state, viewed(3));
  state = reduce(state, { type: "signed_out" });
  expect(state.view).toBeNull();
  expect(state.sound.devices).toBe(devices);
  expect(state.sound.media).toBe("off");
});
