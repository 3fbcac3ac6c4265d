import { describe, expect, it } from "vitest";

import type { DeskView } from "../generated/DeskView";
import { aCall, aView } from "../test/fakes";
import { customerOf, ownNumberOf, sceneOf } from "./scene";
import { ringingCall, safeUrl, soundMatters, wantedMicrophone, wantedPop } from "./wishes";

const WRAP_UP: DeskView["wrap_up"] = {
  ends_ms: 9_000,
  call: {
    call_id: "job-1",
    direction: "inbound",
    caller: "1",
    called: "2",
    talked_ms: 1,
    cause: "completed",
    by: "customer",
    sip_status: null,
    sentence: "",
  },
};

describe("scenes", () => {
  it.each([
    [aView(), "ready"],
    [aView({ agent: { presence: { type: "break", code: "Lunch" } } }), "break"],
    [aView({ agent: { presence: { type: "offline" } } }), "offline"],
    [aView({ wrap_up: WRAP_UP }), "wrap_up"],
    [aView({ calls: [aCall()] }), "ringing"],
    [aView({ calls: [aCall({ phase: "dialing" })] }), "dialing"],
    [aView({ calls: [aCall({ phase: "alerting" })] }), "dialing"],
    [aView({ calls: [aCall({ phase: "talking" })] }), "talking"],
    [aView({ calls: [aCall({ phase: "held" })] }), "held"],
  ] as const)("%#: a call comes before wrap-up, wrap-up before presence", (view, kind) => {
    expect(sceneOf(view).kind).toBe(kind);
  });

  it("times a talk from its answer, across holds", () => {
    const call = aCall({ phase: "talking", phase_ms: 9_000, answered_ms: 4_000 });
    expect(sceneOf(aView({ calls: [call] })).since).toBe(4_000);
  });

  it("tells the customer's number from ours, both ways", () => {
    expect(customerOf(aCall())).toBe("13800138000");
    expect(ownNumberOf(aCall())).toBe("02165001000");
    expect(customerOf(aCall({ direction: "outbound" }))).toBe("02165001000");
  });
});

describe("the microphone", () => {
  it.each([
    [[], "closed"],
    [[aCall()], "muted"],
    [[aCall({ phase: "dialing" })], "muted"],
    [[aCall({ phase: "alerting" })], "muted"],
    [[aCall({ phase: "talking" })], "open"],
    [[aCall({ phase: "talking", muted: true })], "muted"],
    [[aCall({ phase: "held" })], "muted"],
  ] as const)("%#", (calls, wish) => {
    expect(wantedMicrophone(aView({ calls: [...calls] }))).toBe(wish);
  });
});

it("rings only for a call that rings here", () => {
  expect(ringingCall(aView({ calls: [aCall()] }))?.call_id).toBe("job-1");
  expect(ringingCall(aView({ calls: [aCall({ phase: "talking" })] }))).toBeNull();
  expect(ringingCall(null)).toBeNull();
});

it("measures sound from the first moment something may be heard", () => {
  expect(soundMatters(aView({ calls: [aCall()] }))).toBe(false);
  expect(soundMatters(aView({ calls: [aCall({ phase: "alerting" })] }))).toBe(true);
});

describe("the customer page", () => {
  it("is the call's own, as an address", () => {
    const view = aView({ calls: [aCall({ pop_url: "/crm?callNumber=1" })] });
    expect(wantedPop(view)).toEqual({ callId: "job-1", url: "http://localhost:3000/crm?callNumber=1" });
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://"])("never opens %s", (url) => {
    expect(safeUrl(url)).toBeNull();
  });
});
