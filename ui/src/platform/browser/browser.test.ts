import { afterEach, describe, expect, it, vi } from "vitest";

import { speak } from "../../i18n/i18n";
import { DoorError } from "../ports";
import { instanceOf } from "../address";
import { BrowserOperations, BrowserSession } from "./door";
import { whyNot } from "./microphone";
import { BrowserPreferences } from "./preferences";
import { Statistics } from "./statistics";

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

describe("the address", () => {
  it.each([
    ["/workbench/demo/agentdesk", "demo"],
    ["/workbench/acme%20east/agentdesk", "acme east"],
    ["/workbench/%E0%A4%A/agentdesk", "demo"],
    ["/", "demo"],
    ["https://desk.example.com/workbench/acme", "acme"],
    ["127.0.0.1:8080", "demo"],
  ])("%s names the instance %s", (path, instance) => expect(instanceOf(path)).toBe(instance));
});

function answering(status: number, body: unknown) {
  const asked = vi.fn<typeof fetch>(() =>
    Promise.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status })),
  );
  vi.stubGlobal("fetch", asked);
  return asked;
}

describe("the door", () => {
  const error = { Code: "Odd", Message: "A sentence.", RequestId: "REQ-1" };

  it("takes 401 for nobody, and other errors as they are", async () => {
    answering(401, error);
    await expect(new BrowserSession().current()).resolves.toBeNull();
    answering(503, error);
    await expect(new BrowserSession().current()).rejects.toMatchObject({ code: "Odd", reference: "REQ-1", kind: "refused" });
  });

  it("says known errors in the person's language", async () => {
    await speak("zh-CN");
    answering(401, { ...error, Code: "SignInFailed" });
    await expect(new BrowserSession().signIn("demo", "alice", "x")).rejects.toThrow("密码不正确");
    await speak("en");
  });

  it("makes a sentence of a network that is down and of an answer that is not ours", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(new BrowserSession().current()).rejects.toThrow("The gateway cannot be reached.");
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>", { status: 502 })));
    await expect(new BrowserSession().current()).rejects.toBeInstanceOf(DoorError);
  });

  it("sends operations with the instance and opens their envelope", async () => {
    const asked = answering(200, { Code: "OK", Message: "", RequestId: "R", Data: { List: [1] } });
    await expect(new BrowserOperations("demo").call("ListX", { PageNumber: 1 })).resolves.toEqual({ List: [1] });
    expect(asked.mock.calls[0]?.[0]).toBe("/api/operations/ListX");
    expect(asked.mock.calls[0]?.[1]?.body).toBe('{"InstanceId":"demo","PageNumber":1}');
    answering(200, { Code: "NotExists", Message: "No.", RequestId: "R" });
    await expect(new BrowserOperations("demo").call("ListX", {})).rejects.toMatchObject({ code: "NotExists" });
  });
});

describe("preferences", () => {
  it("survive, and ignore what they do not know", () => {
    localStorage.setItem("cordboard.preferences", '{"theme":"dark","locale":"tlh","microphone":7,"x":1}');
    const preferences = new BrowserPreferences();
    expect(preferences.read()).toMatchObject({ theme: "dark", locale: null, microphone: "" });
    preferences.write({ locale: "en" });
    expect(new BrowserPreferences().read()).toMatchObject({ theme: "dark", locale: "en" });
  });

  it("start afresh from garbage", () => {
    localStorage.setItem("cordboard.preferences", "{");
    expect(new BrowserPreferences().read().theme).toBe("system");
  });
});

it.each([
  ["NotAllowedError", "denied"],
  ["NotFoundError", "missing"],
  ["OverconstrainedError", "missing"],
  ["NotReadableError", "busy"],
] as const)("%s means a microphone that is %s", (name, state) => {
  expect(whyNot(new DOMException("", name))).toBe(state);
});

describe("the quality report", () => {
  const levels = { microphone_dbfs: -40, speaker_dbfs: -30 };
  const stats = (line: Record<string, number>) =>
    new Map<string, unknown>([
      ["in", { type: "inbound-rtp", kind: "audio", ...line }],
      ["pair", { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.012 }],
      ["other", { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 }],
    ]) as unknown as RTCStatsReport;

  it("is about the time since the last one", () => {
    const statistics = new Statistics();
    const first = { packetsReceived: 100, packetsLost: 0, totalSamplesReceived: 80_000, concealedSamples: 0, jitter: 0.002 };
    statistics.report(stats(first), levels);
    const report = statistics.report(
      stats({ ...first, packetsReceived: 190, packetsLost: 10, totalSamplesReceived: 96_000, concealedSamples: 1_600 }),
      levels,
    );
    expect(report).toMatchObject({ jitter_ms: 2, lost_down_percent: 10, concealed_percent: 10, ...levels });
    expect(report.round_trip_ms).toBeCloseTo(12);
  });

  it("gives the loudness over that time, not of one instant", () => {
    const statistics = new Statistics();
    const line = (energy: number, seconds: number) =>
      new Map<string, unknown>([
        ["mic", { type: "media-source", kind: "audio", totalAudioEnergy: energy, totalSamplesDuration: seconds }],
        ["in", { type: "inbound-rtp", kind: "audio", totalAudioEnergy: 0, totalSamplesDuration: seconds }],
      ]) as unknown as RTCStatsReport;
    statistics.report(line(0, 0), levels);
    const report = statistics.report(line(0.02, 2), levels);
    expect(report.microphone_dbfs).toBeCloseTo(-20);
    expect(report.speaker_dbfs).toBe(-127);
  });

  it("counts silence made up while nothing was sent as no fault, and never divides by nothing", () => {
    const line = { packetsReceived: 0, packetsLost: 0, totalSamplesReceived: 16_000, concealedSamples: 16_000, silentConcealedSamples: 16_000 };
    expect(new Statistics().report(stats(line), levels)).toMatchObject({ lost_down_percent: 0, concealed_percent: 0, buffer_ms: 0 });
  });
});
