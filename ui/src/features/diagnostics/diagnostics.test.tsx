import { describe, expect, it } from "vitest";

import { EMPTY } from "../../desk/state";
import { useDesk } from "../../desk/store";
import { supportText } from "../../desk/support";
import { aCall, aView } from "../../test/fakes";
import type { Quality } from "../../generated/Quality";
import { type LateCall, after, keepCalls, lateCalls } from "./calls";
import { diagnosticsPage } from "./page";
import { redacted } from "./redact";
import { changes } from "./timeline";

const SDP = "v=0\r\no=- 46117317 2 IN IP4 192.168.7.9\r\ns=-\r\na=ice-ufrag:F7gI\r\na=ice-pwd:x9cml/YzichV2+XlhiMu8g\r\n";

/** What must never leave, and a text each may hide in. */
const SECRETS: readonly [string, string][] = [
  ["cordboard-Pa55", "POST /api/session {\"login\":\"alice\",\"password\":\"cordboard-Pa55\"}"],
  ["hunter2!", "password=hunter2! user=alice"],
  ["s3cr3t", "CORDBOARD_PASSWORD: s3cr3t"],
  ["c2Vzc2lvbi1vZi1hbGljZQ", "authorization: Bearer c2Vzc2lvbi1vZi1hbGljZQ"],
  ["abc.def-token", "Authorization=Bearer abc.def-token"],
  ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln from the door"],
  ["once-only-77", "GET /api/desk?ticket=once-only-77 101"],
  ["LTAI5tQfGh2J8kLm", "signed by LTAI5tQfGh2J8kLm"],
  ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1", "used wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1"],
  ["zzTop9", "\"AccessKeySecret\": \"zzTop9\""],
  ["turnpass1", "{\"urls\":[\"turn:a\"],\"username\":\"u\",\"credential\":\"turnpass1\"}"],
  ["x9cml/YzichV2+XlhiMu8g", SDP],
  ["192.168.7.9", JSON.stringify({ type: "media_offer", sdp: SDP })],
  ["F7gI", "a=ice-ufrag:F7gI"],
  ["13800138000", "call from 13800138000 rings"],
  ["02165001000", "{\"called\":\"02165001000\"}"],
  ["138 0013 8000", "call back 138 0013 8000 at noon"],
  ["8613800138000", "tel:+8613800138000"],
  ["(021) 6500-1000", "dialled (021) 6500-1000"],
];

const READING: Quality = {
  level: "good",
  round_trip_ms: 41,
  jitter_up_ms: 2,
  lost_up_percent: 0,
  lost_down_percent: 1.5,
  concealed_percent: 0.2,
  buffer_ms: 60,
  rating_down: 90,
  rating_up: 88,
  codec_down: "opus",
  codec_up: "opus",
  codec_trunk: "pcma",
};

const LATE: LateCall = {
  id: "job-1700000000123456",
  direction: "inbound",
  phases: [
    { at: Date.UTC(2026, 10, 22, 22, 29), phase: "ringing" },
    { at: Date.UTC(2026, 10, 22, 22, 29, 4), phase: "talking" },
  ],
  over: Date.UTC(2026, 10, 22, 22, 30),
  heard: [90, 60, 80].map((rating_down, index) => ({
    at: Date.UTC(2026, 10, 22, 22, 29, 5 + index),
    quality: { ...READING, rating_down },
  })),
};

function page() {
  const view = aView({
    calls: [aCall({ call_id: "job-1700000000123456", caller: "13900139000", called: "01065002000", phase: "talking" })],
  });
  return diagnosticsPage({
    at: Date.UTC(2026, 10, 22, 22, 40, 33),
    instance: "demo",
    versions: { desk: "0.1.0", browser: "Chromium <b>" },
    state: { ...EMPTY, view, link: { phase: "open" } },
    calls: [LATE],
    timeline: [{ at: Date.UTC(2026, 10, 22, 22, 30), what: "call job-1700000000123456 inbound ringing" }],
    log: SECRETS.map(([, text]) => text),
  });
}

describe("secrets", () => {
  it.each(SECRETS)("%s is taken out", (secret, text) => {
    expect(text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1))).toBe(true);
    expect(redacted(text)).not.toContain(secret);
  });

  it("are in no exported page, nor are the numbers of calls", () => {
    const written = page();
    for (const [secret] of SECRETS) expect(written).not.toContain(secret);
    for (const number of ["13900139000", "01065002000"]) expect(written).not.toContain(number);
  });

  it("leave what support needs", () => {
    const text = "2026-11-22T22:40:33.123Z call job-1700000000123456 failed (486), reference 0f3a, 44.1 kHz, 192 ms";
    expect(redacted(text)).toBe(text);
  });
});

describe("the exported page", () => {
  it("is whole in itself and says what there is", () => {
    const written = page();
    const parsed = new DOMParser().parseFromString(written, "text/html");
    expect(parsed.querySelectorAll("script, link, img, iframe, [src], [href]")).toHaveLength(0);
    const titles = [...parsed.querySelectorAll("h2")].map((title) => title.textContent);
    expect(titles).toEqual(["Desk", "Versions", "Calls", "Quality", "Devices", "Timeline", "Log"]);
    expect(parsed.body.textContent).toContain("job-1700000000123456");
    expect(parsed.body.textContent).toContain("2026-11-22T22:30:00.000Z");
    expect(parsed.body.textContent).toContain("Chromium <b>");
  });
});

describe("the calls of late", () => {
  it("stay with their course and readings when they are over", () => {
    const ringing = aView({ calls: [aCall()] });
    const { agent } = ringing;
    const talking = aView({ calls: [aCall({ phase: "talking" })], agent: { ...agent, quality: READING } });
    const views = [ringing, talking, talking, aView()];
    const calls = views.reduce<readonly LateCall[]>((before, view, index) => after(before, view, index * 1_000), []);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.phases).toEqual([{ at: 0, phase: "ringing" }, { at: 1_000, phase: "talking" }]);
    expect(calls[0]?.heard).toHaveLength(1);
    expect(calls[0]?.over).toBe(3_000);
  });

  it("go on where they were when the page is loaded anew", () => {
    const kept = new Map<string, string>();
    const memory = {
      tabMemory: (key: string) => kept.get(key) ?? null,
      rememberInTab: (key: string, value: string | null) => void kept.set(key, value ?? ""),
    };
    useDesk.setState({ view: null });
    const stop = keepCalls(memory, () => 1_000);
    useDesk.setState({ view: aView({ calls: [aCall()] }) });
    stop();
    keepCalls({ ...memory, tabMemory: () => "{half of a list" })();
    expect(lateCalls()).toEqual([]);
    const again = keepCalls(memory, () => 5_000);
    expect(lateCalls()).toHaveLength(1);
    useDesk.setState({ view: aView() });
    again();
    expect(lateCalls()[0]?.over).toBe(5_000);
  });

  it("are told with the usual, the worst and the last of each figure", () => {
    const parsed = new DOMParser().parseFromString(page(), "text/html");
    expect(parsed.body.textContent).toContain("ringing 4.0 s, talking 56.0 s");
    const rows = [...parsed.querySelectorAll("tr")].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toContainEqual(["Rating of what the agent heard (R, 93 is best)", "80.0", "60.0", "80.0"]);
    expect(rows).toContainEqual(["Lost on the way down", "1.5 %", "1.5 %", "1.5 %"]);
    expect(parsed.querySelectorAll("polyline")).toHaveLength(2);
  });
});

describe("the timeline", () => {
  it("tells changes without numbers", () => {
    const before = { ...EMPTY, view: aView({ calls: [aCall()] }) };
    const after = { ...before, view: aView({ calls: [aCall({ phase: "talking" })] }), link: { phase: "open" } as const };
    expect(changes(after, before)).toEqual(["gateway open", "call job-1 inbound talking"]);
    expect(changes(after, after)).toEqual([]);
    expect(changes({ ...after, view: aView() }, after)).toEqual(["call job-1 over"]);
  });
});

describe("copy for support", () => {
  it("gives id, time and both numbers", () => {
    const text = supportText({ callId: "job-7", at: 0, caller: "138****8000", called: "02165001000" });
    expect(text).toBe("call job-7\ntime 1970-01-01T00:00:00.000Z\nfrom 138****8000\nto 02165001000");
  });
});
