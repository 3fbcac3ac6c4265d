import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { FakeAudio } from "../test/fakes";
import { MediaLink } from "./mediaLink";

let audio: FakeAudio;
let link: MediaLink;
let offers: number;
let refuse: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  audio = new FakeAudio();
  offers = 0;
  refuse = false;
  link = new MediaLink(audio, () => {
    offers += 1;
    return refuse ? Promise.reject(new Error("refused")) : Promise.resolve({ media_id: 10 + offers, sdp: "answer" });
  });
});
afterEach(() => vi.useRealTimers());

async function connected() {
  link.reachable([]);
  await vi.advanceTimersByTimeAsync(0);
  link.changed("connected");
  link.gatewayHas(true);
}

describe("the media connection", () => {
  it("is made as soon as the gateway can be reached", async () => {
    await connected();
    expect(offers).toBe(1);
    expect(link.mediaId()).toBe(11);
  });

  it("is kept when only the socket was lost", async () => {
    await connected();
    link.unreachable();
    link.reachable([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(offers).toBe(1);
  });

  it("is replaced at once when it fails", async () => {
    await connected();
    link.changed("failed");
    await vi.advanceTimersByTimeAsync(0);
    expect(offers).toBe(2);
    expect(link.mediaId()).toBeNull();
  });

  it("is given 5 s when merely disconnected", async () => {
    await connected();
    link.changed("disconnected");
    await vi.advanceTimersByTimeAsync(4_900);
    expect(offers).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(offers).toBe(2);
  });

  it("is left alone when it recovers by itself", async () => {
    await connected();
    link.changed("disconnected");
    await vi.advanceTimersByTimeAsync(2_000);
    link.changed("connected");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(offers).toBe(1);
  });

  it("is replaced when the gateway has lost it", async () => {
    await connected();
    link.gatewayHas(false);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(offers).toBe(2);
  });

  it("waits for the socket before it is replaced", async () => {
    await connected();
    link.unreachable();
    link.changed("failed");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(offers).toBe(1);
    link.reachable([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(offers).toBe(2);
  });

  it("is offered again with growing pauses when refused", async () => {
    refuse = true;
    link.reachable([]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(offers).toBeGreaterThan(4);
    expect(offers).toBeLessThan(10);
  });

  it("is not made after the end", async () => {
    await connected();
    link.stop();
    link.changed("failed");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(offers).toBe(1);
    expect(audio.disconnected).toBe(1);
  });
});
