import { describe, expect, it } from "vitest";

import { EMPTY } from "../../desk/state";
import { supportText } from "../../desk/support";
import { aCall, aView } from "../../test/fakes";
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

function page() {
  const view = aView({
    calls: [aCall({ call_id: "job-1700000000123456", caller: "13900139000", called: "01065002000", phase: "talking" })],
  });
  return diagnosticsPage({
    at: Date.UTC(2026, 10, 22, 22, 40, 33),
    instance: "demo",
    versions: { desk: "0.1.0", browser: "Chromium <b>" },
    state: { ...EMPTY, view, link: { phase: "open" } },
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
