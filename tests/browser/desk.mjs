/**
 * Chromium as an agent's desk, for the stories in `tests/tests/stories`. Takes one JSON line per act on standard input
 * (`{"id":1,"do":"click","role":"button","name":"Answer"}`) and answers each with one (`{"id":1,"result":…}` or
 * `{"id":1,"error":"…"}`). What a test needs to know about the browser is here; what a desk should do is not.
 */
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

import { LISTEN } from "./listen.mjs";

const FLAGS = [
  "--no-sandbox",
  "--use-fake-device-for-media-stream",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // The gateway knows addresses, not mDNS names.
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];

let browser;
let context;
let page;
const complaints = [];
const requests = [];

/** A name between slashes is a regular expression, any other one is exact. */
function named(name) {
  const pattern = /^\/(.*)\/(i?)$/.exec(name);
  return pattern === null ? name : new RegExp(pattern[1], pattern[2]);
}

function found({ role, name, nth = 0 }) {
  return page.getByRole(role, { name: named(name), exact: true }).nth(nth);
}

function watch(opened) {
  opened.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  opened.on("pageerror", (error) => complaints.push(String(error)));
  opened.on("request", (request) => requests.push(request.url()));
}

const acts = {
  async start({ microphone_file, microphone = "granted", permissions, locale = "en-US", hosts = "", width = 1440, height = 860 }) {
    const flags = [...FLAGS, `--use-file-for-fake-audio-capture=${microphone_file}`];
    if (microphone === "granted") flags.push("--use-fake-ui-for-media-stream");
    if (hosts !== "") flags.push(`--host-resolver-rules=${hosts}`);
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
    const granted = permissions ?? (microphone === "granted" ? ["microphone"] : []);
    context = await browser.newContext({ locale, viewport: { width, height }, permissions: granted });
    await context.addInitScript(LISTEN);
    page = await context.newPage();
    watch(page);
    if (microphone === "denied") {
      const session = await context.newCDPSession(page);
      await session.send("Browser.setPermission", { permission: { name: "microphone" }, setting: "denied" });
    }
  },

  async open({ address }) {
    await page.goto(address);
  },

  async fill({ label, text }) {
    await page.getByLabel(named(label), { exact: true }).fill(text);
  },

  async click(what) {
    await found(what).click({ timeout: what.limit_ms ?? 10_000 });
  },

  async press({ keys }) {
    await page.keyboard.press(keys);
  },

  async see({ text, limit_ms }) {
    await page.getByText(named(text)).first().waitFor({ state: "visible", timeout: limit_ms });
  },

  async see_role(what) {
    await found(what).waitFor({ state: "visible", timeout: what.limit_ms });
  },

  async gone({ text, limit_ms }) {
    await page.getByText(named(text)).first().waitFor({ state: "hidden", timeout: limit_ms });
  },

  async frame({ text, limit_ms }) {
    await page.frameLocator("iframe").getByText(named(text)).first().waitFor({ state: "visible", timeout: limit_ms });
  },

  async text() {
    return await page.locator("body").innerText();
  },

  async titled({ pattern, limit_ms }) {
    await page.waitForFunction((pattern) => new RegExp(pattern).test(document.title), pattern, { timeout: limit_ms, polling: 100 });
  },

  async reload() {
    await page.reload();
  },

  /** What a tab in the background is told: headless pages are never hidden by themselves. */
  async hide({ hidden }) {
    await page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  },

  async notifications() {
    return await page.evaluate(() => globalThis.cordboardEar.notifications);
  },

  async heard({ file }) {
    const { rate, samples } = await page.evaluate(() => globalThis.cordboardEar.take());
    writeFileSync(file, wave(rate, Buffer.from(samples, "base64")));
    return { milliseconds: Math.round((samples.length * 3) / 8 / rate * 1000) };
  },

  /** The codecs in use, down and up, as the browser itself says. */
  async codecs() {
    return await page.evaluate(() => globalThis.cordboardEar.codecs());
  },

  async picture({ file, whole = false }) {
    await page.screenshot({ path: file, fullPage: whole });
  },

  /** Takes the network away. */
  async offline() {
    await context.setOffline(true);
  },

  /** Every address that was asked for. */
  async requests() {
    return requests;
  },

  async complaints() {
    return complaints;
  },

  async close() {
    await browser.close();
  },
};

/** Mono WAV, 16 bits. */
function wave(rate, samples) {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

for await (const line of createInterface({ input: process.stdin })) {
  const act = JSON.parse(line);
  try {
    if (!(act.do in acts)) throw new Error(`there is no act "${act.do}"`);
    say({ id: act.id, result: (await acts[act.do](act)) ?? null });
  } catch (error) {
    const text = page === undefined ? "" : await page.locator("body").innerText().catch(() => "");
    say({ id: act.id, error: `${error instanceof Error ? error.message : error}\nthe page says:\n${text.slice(0, 1500)}` });
  }
  if (act.do === "close") break;
}
process.exit(0);
