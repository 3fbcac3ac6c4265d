import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { DoorError } from "../platform/ports";
import { FakeSockets, aView } from "../test/fakes";
import { Connection } from "./connection";
import { type DeskEvent, type DeskState, EMPTY, reduce } from "./state";

function rig() {
  const sockets = new FakeSockets();
  let state: DeskState = EMPTY;
  const ended: (string | null)[] = [];
  let welcomes = 0;
  let mediaId: number | null = null;
  const connection = new Connection(
    sockets,
    {
      emit: (event: DeskEvent) => (state = reduce(state, event)),
      welcomed: () => (welcomes += 1),
      sessionEnded: (message) => ended.push(message),
    },
    { locale: () => "en", mediaId: () => mediaId },
    () => 0.5,
  );
  return {
    sockets,
    connection,
    ended,
    get state() {
      return state;
    },
    get welcomes() {
      return welcomes;
    },
    keepMedia: (id: number) => (mediaId = id),
  };
}

async function openRig() {
  const it = rig();
  it.connection.start(false);
  await vi.advanceTimersByTimeAsync(0);
  it.sockets.last.welcome();
  return it;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("opening", () => {
  it("says hello with version, client and language, and is open with the welcome", async () => {
    const { sockets, state, welcomes } = await openRig();
    expect(sockets.last.sent).toEqual([
      { type: "hello", protocol: 1, client: "cordboard-ui/0.1.0", locale: "en", take_over: false, media_id: null },
    ]);
    expect(state.link).toEqual({ phase: "open" });
    expect(welcomes).toBe(1);
  });

  it("gives up a socket that is never welcomed and tries again", async () => {
    const { sockets, connection } = rig();
    connection.start(false);
    await vi.advanceTimersByTimeAsync(0);
    sockets.last.handlers.opened();
    await vi.advanceTimersByTimeAsync(5_000 + 500);
    expect(sockets.opened).toHaveLength(2);
    expect(sockets.opened[0]?.closed).toBe(true);
  });

  it("goes to the sign-in page when the ticket is refused for want of a session", async () => {
    const it = rig();
    it.sockets.failure = new DoorError("unauthorised", "SignedOut", "sign in first", null);
    it.connection.start(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(it.ended).toEqual(["sign in first"]);
    expect(it.state.link.phase).toBe("off");
  });
});

describe("losing and coming back", () => {
  it("waits longer after each failure, up to 15 s", async () => {
    const it = rig();
    it.sockets.failure = new DoorError("unreachable", "Unreachable", "", null);
    it.connection.start(false);
    const pauses: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      await vi.advanceTimersByTimeAsync(0);
      const { link } = it.state;
      if (link.phase !== "waiting") throw new Error(link.phase);
      pauses.push(link.retryAt - Date.now());
      await vi.advanceTimersByTimeAsync(link.retryAt - Date.now());
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it("tries at once when the network returns", async () => {
    const it = rig();
    it.sockets.failure = new DoorError("unreachable", "Unreachable", "", null);
    it.connection.start(false);
    await vi.advanceTimersByTimeAsync(10_000);
    it.sockets.failure = null;
    it.sockets.wake();
    await vi.advanceTimersByTimeAsync(0);
    it.sockets.last.welcome();
    expect(it.state.link.phase).toBe("open");
  });

  it("takes its own dead socket over, and brings its media connection along", async () => {
    const it = await openRig();
    it.keepMedia(7);
    it.sockets.last.handlers.closed();
    await vi.advanceTimersByTimeAsync(500);
    it.sockets.last.handlers.opened();
    expect(it.sockets.last.sent[0]).toMatchObject({ type: "hello", take_over: true, media_id: 7 });
  });

  it("does not take over from somebody else after having been away for long", async () => {
    const it = await openRig();
    it.sockets.failure = new DoorError("unreachable", "Unreachable", "", null);
    it.sockets.last.handlers.closed();
    await vi.advanceTimersByTimeAsync(60_000);
    it.sockets.failure = null;
    it.sockets.wake();
    await vi.advanceTimersByTimeAsync(0);
    it.sockets.last.handlers.opened();
    expect(it.sockets.last.sent[0]).toMatchObject({ take_over: false });
  });

  it("says after a reload that it is the same desk", async () => {
    const { sockets, connection } = rig();
    connection.start(true);
    await vi.advanceTimersByTimeAsync(0);
    sockets.last.handlers.opened();
    expect(sockets.last.sent[0]).toMatchObject({ take_over: true });
  });

  it("pauses longer each time for a gateway that welcomes and then closes", async () => {
    const it = await openRig();
    const pauses: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      it.sockets.last.say({ type: "bye", code: "bad_message", message: "" });
      const { link } = it.state;
      if (link.phase !== "waiting") throw new Error(link.phase);
      pauses.push(link.retryAt - Date.now());
      await vi.advanceTimersByTimeAsync(link.retryAt - Date.now());
      it.sockets.last.welcome();
    }
    expect(pauses).toEqual([500, 1_000, 2_000]);
  });
});

describe("silence", () => {
  it("asks for the view after one heartbeat and reconnects after the second", async () => {
    const it = await openRig();
    const first = it.sockets.last;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(first.sent.at(-1)).toEqual({ type: "resend" });
    expect(it.state.link.phase).toBe("open");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(first.closed).toBe(true);
    expect(it.state.link.phase).toBe("waiting");
  });

  it("is content with the answer", async () => {
    const it = await openRig();
    for (let n = 0; n < 10; n += 1) {
      await vi.advanceTimersByTimeAsync(5_000);
      it.sockets.last.show(aView(), 1);
    }
    expect(it.sockets.opened).toHaveLength(1);
  });

  it("checks a socket that may have slept", async () => {
    const it = await openRig();
    it.sockets.wake();
    expect(it.sockets.last.sent.at(-1)).toEqual({ type: "resend" });
    await vi.advanceTimersByTimeAsync(5_500);
    expect(it.sockets.opened).toHaveLength(2);
  });

  it("ignores the late words of an old socket", async () => {
    const it = await openRig();
    const old = it.sockets.last;
    old.handlers.closed();
    await vi.advanceTimersByTimeAsync(500);
    it.sockets.last.welcome();
    old.show(aView({ agent: { since_ms: 666 } }), 99);
    old.handlers.closed();
    expect(it.state.view).toBeNull();
    expect(it.state.link.phase).toBe("open");
  });
});

describe("goodbyes", () => {
  it.each(["in_use_elsewhere", "taken_over", "protocol_unsupported"] as const)("%s waits for the person", async (code) => {
    const it = await openRig();
    it.sockets.last.say({ type: "bye", code, message: "a sentence" });
    await vi.advanceTimersByTimeAsync(60_000);
    it.sockets.wake();
    expect(it.state.link).toEqual({ phase: "stopped", code, message: "a sentence" });
    expect(it.sockets.opened).toHaveLength(1);
  });

  it("takes over when the person says so", async () => {
    const it = await openRig();
    it.sockets.last.say({ type: "bye", code: "taken_over", message: "" });
    it.connection.takeOver();
    await vi.advanceTimersByTimeAsync(0);
    it.sockets.last.handlers.opened();
    expect(it.sockets.last.sent[0]).toMatchObject({ take_over: true });
  });

  it("comes back by itself from a gateway that stops", async () => {
    const it = await openRig();
    it.sockets.last.say({ type: "bye", code: "going_away", message: "" });
    await vi.advanceTimersByTimeAsync(500);
    expect(it.sockets.opened).toHaveLength(2);
  });

  it("ends the desk with the session", async () => {
    const it = await openRig();
    it.sockets.last.say({ type: "bye", code: "session_ended", message: "over" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(it.ended).toEqual(["over"]);
    expect(it.sockets.opened).toHaveLength(1);
  });
});

describe("what is sent", () => {
  it("numbers commands upwards and keeps them pending", async () => {
    const it = await openRig();
    expect(it.connection.send({ type: "ready" })).toBe(1);
    expect(it.connection.send({ type: "hold", call_id: "job-1" })).toBe(2);
    expect(it.sockets.last.commands()).toHaveLength(2);
    expect(Object.keys(it.state.pending)).toEqual(["1", "2"]);
  });

  it("refuses to send without a connection", () => {
    const it = rig();
    expect(it.connection.send({ type: "ready" })).toBeNull();
  });

  it("brings a media answer to the one who offered", async () => {
    const it = await openRig();
    const answer = it.connection.offerMedia("v=0");
    expect(it.sockets.last.sent.at(-1)).toEqual({ type: "media_offer", id: 1, sdp: "v=0" });
    it.sockets.last.say({ type: "media_answer", id: 1, media_id: 3, sdp: "v=1" });
    await expect(answer).resolves.toMatchObject({ media_id: 3, sdp: "v=1" });
  });

  it("fails an offer that is refused, unanswered or cut off", async () => {
    const it = await openRig();
    const refused = it.connection.offerMedia("v=0");
    it.sockets.last.say({ type: "refused", id: 1, refusal: { code: "bad_media_offer", message: "", reference: "" } });
    await expect(refused).rejects.toThrow("bad_media_offer");
    const cut = it.connection.offerMedia("v=0");
    it.sockets.last.handlers.closed();
    await expect(cut).rejects.toThrow("connection lost");
    await expect(it.connection.offerMedia("v=0")).rejects.toThrow("no connection");
  });
});
