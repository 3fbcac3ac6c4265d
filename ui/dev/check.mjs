/**
 * What only a real browser can show, against the mock gateway: colours and names by axe, no movement at answer,
 * a reload in mid-call, sound without the autoplay flag, and the sentences for a microphone that cannot be had.
 * `npm run check:browser`; exits 1 with what is wrong.
 */
import { readFileSync } from "node:fs";

import { chromium } from "playwright-core";
import { createServer } from "vite";

const root = new URL("..", import.meta.url).pathname;
const server = await createServer({ root, server: { port: 0, host: "127.0.0.1", allowedHosts: ["desk.example"] }, logLevel: "error" });
await server.listen();
const base = server.resolvedUrls.local[0].replace(/\/$/, "");
const axeSource = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const COMMON = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-features=WebRtcHideLocalIpsWithMdns"];
const FAKE = ["--use-fake-device-for-media-stream"];
const failures = [];
const passed = [];

function check(name, right, seen = "") {
  (right ? passed : failures).push(right ? name : `${name}: ${seen}`);
}

async function withBrowser(extra, work) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...COMMON, ...extra] });
  try {
    await work(browser);
  } catch (error) {
    failures.push(String(error));
  } finally {
    await browser.close();
  }
}

const control = (body) => fetch(`${base}/dev/control`, { method: "POST", body: JSON.stringify(body) });

async function signIn(page, origin = base) {
  await page.goto(`${origin}/workbench/demo/agentdesk`);
  await page.getByRole("button", { name: /^alice/ }).click();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByTestId("stage").waitFor();
}

async function axe(page, name) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, { rules: { region: { enabled: false } } });
    return result.violations.flatMap((v) => v.nodes.map((node) => `${v.id} ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`));
  });
  check(`axe: ${name}`, found.length === 0, `\n    ${found.join("\n    ")}`);
}

async function scenes(browser, options, name) {
  const context = await browser.newContext({ locale: "en-US", permissions: ["microphone"], ...options });
  const page = await context.newPage();
  await page.goto(`${base}/workbench/demo/agentdesk`);
  await page.getByLabel("User name").waitFor();
  await axe(page, `${name} sign-in`);
  await signIn(page);
  await axe(page, `${name} break`);
  await page.getByRole("button", { name: "Ready", exact: true }).click();
  await page.getByText("Waiting for a call").waitFor();
  await axe(page, `${name} ready`);
  await control({ act: "ring" });
  await page.getByRole("button", { name: "Answer", exact: true }).waitFor();
  await axe(page, `${name} ringing`);
  const number = page.getByTestId("customer-number");
  const before = await number.boundingBox();
  const answer = await page.getByRole("button", { name: "Answer", exact: true }).boundingBox();
  await page.getByRole("button", { name: "Answer", exact: true }).click();
  await page.getByRole("button", { name: "Hang up", exact: true }).waitFor();
  const after = await number.boundingBox();
  check(`${name}: nothing moves at answer`, JSON.stringify(before) === JSON.stringify(after), JSON.stringify([before, after]));
  const under = await page.evaluate(([x, y]) => document.elementFromPoint(x, y)?.closest("button")?.textContent ?? null, [
    answer.x + answer.width / 2,
    answer.y + answer.height / 2,
  ]);
  check(`${name}: a second click on Answer presses nothing`, under === null, under);
  await axe(page, `${name} talking`);
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  await page.getByRole("button", { name: "Retrieve", exact: true }).waitFor();
  await axe(page, `${name} held`);
  await page.getByRole("button", { name: "Hang up", exact: true }).click();
  await page.getByText("Wrap-up", { exact: true }).waitFor();
  await axe(page, `${name} wrap-up`);
  await page.getByRole("button", { name: "Outbound", exact: true }).click();
  await page.getByLabel("Customer's number").fill("12");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.getByText("Not done").waitFor();
  await axe(page, `${name} refused`);
  await page.getByRole("button", { name: "Got it" }).click();
  await page.getByRole("button", { name: "Records", exact: true }).click();
  await page.getByRole("button", { name: /Open the record/ }).first().click();
  await page.getByRole("heading", { name: "What happened" }).waitFor();
  await axe(page, `${name} record`);
  await page.goto(`${base}/crm?callNumber=13800138000&callType=Inbound`);
  await page.getByTestId("crm-name").waitFor();
  await axe(page, `${name} customer`);
  await context.close();
}

/** Whether anything but silence arrives at the desk's ear, as the desk itself measures it. */
const hears = (page) =>
  page.waitForFunction(() => {
    const bar = [...document.querySelectorAll('[role="img"][aria-label="Customer"] > span')][0];
    const inset = /inset\(0(?:px)? ([\d.]+)%/.exec(bar?.style.clipPath ?? "");
    return inset !== null && Number(inset[1]) < 70;
  }, undefined, { timeout: 15_000 });

function microphoneNow() {
  const live = window.tracks.filter((track) => track.readyState === "live");
  if (live.length > 1) return "open twice";
  return live.length === 0 ? "closed" : live[0].enabled ? "open" : "muted";
}

const microphone = (page) => page.evaluate(microphoneNow);
const becomes = (page, state) => page.waitForFunction(`(${microphoneNow.toString()})() === "${state}"`);

// Sound as a person has it: no autoplay flag, the microphone granted by a click on the question.
await withBrowser([...FAKE, "--use-fake-ui-for-media-stream"], async (browser) => {
  const far = await browser.newPage();
  await far.goto(`${base}/dev/far-end.html`);
  await far.waitForFunction(() => document.title === "ready");
  await scenes(browser, { viewport: { width: 1440, height: 860 } }, "light");
  await scenes(browser, { viewport: { width: 1440, height: 860 }, colorScheme: "dark" }, "dark");
  await scenes(browser, { viewport: { width: 360, height: 740 } }, "narrow");

  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1440, height: 860 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.tracks = [];
    navigator.mediaDevices.getUserMedia = async (wish) => {
      const stream = await ask(wish);
      window.tracks.push(...stream.getTracks());
      return stream;
    };
  });
  await signIn(page);
  await page.getByText("Sound ready").waitFor();
  check("the microphone is closed between calls", (await microphone(page)) === "closed", await microphone(page));
  await page.getByRole("button", { name: "Ready", exact: true }).click();
  await control({ act: "ring" });
  await page.getByRole("button", { name: "Answer", exact: true }).waitFor();
  await becomes(page, "muted");
  check("the microphone is opened muted at the ring", true);
  await page.getByRole("button", { name: "Answer", exact: true }).click();
  await becomes(page, "open");
  await hears(page);
  check("sound is heard after sign-in by click, without the autoplay flag", true);
  await page.reload();
  await page.getByRole("button", { name: "Hang up", exact: true }).waitFor();
  await hears(page);
  check("a reload in mid-call: the call goes on and is heard, with no answer and no click", true);
  check("nothing is said to be blocked", (await page.locator("[data-problem]").count()) === 0, await page.locator("[data-problem]").allTextContents());
  await page.getByRole("button", { name: "Hang up", exact: true }).click();
  await page.getByText("Wrap-up", { exact: true }).waitFor();
  await becomes(page, "closed");
  check("the microphone is closed after the call", true);
  await context.close();

  const tabbed = await browser.newContext({ locale: "en-US", viewport: { width: 1440, height: 860 } });
  const desk = await tabbed.newPage();
  await desk.goto(`${base}/workbench/demo/agentdesk`);
  await desk.getByRole("button", { name: /^alice/ }).click();
  await desk.getByRole("radio", { name: "In its own tab" }).click();
  const opening = tabbed.waitForEvent("page");
  await desk.getByRole("button", { name: "Sign in", exact: true }).click();
  const crm = await opening;
  await crm.waitForURL(/\/crm$/);
  check("signing in opens the customer page's tab", true);
  await desk.getByRole("button", { name: "Ready", exact: true }).click();
  await control({ act: "ring" });
  await crm.waitForURL(/callNumber=13800138000/);
  check("a ring navigates the tab", (await crm.getByTestId("crm-name").textContent()) === "Chen Xiaowen");
  await desk.reload();
  await desk.getByRole("button", { name: "Answer", exact: true }).waitFor();
  await control({ act: "hang_up" });
  await control({ act: "ring", caller: "13900139000" });
  await crm.waitForURL(/callNumber=13900139000/, { timeout: 10_000 });
  check("the tab is found again after a reload of the desk", tabbed.pages().length === 2, tabbed.pages().length);
  check("the title flashes at the ring", /139/.test(await desk.title()) || (await desk.waitForFunction(() => /139/.test(document.title)), true));
  await tabbed.close();
});

async function problem(page, kind, words) {
  const card = page.locator(`[data-problem="${kind}"]`);
  await card.waitFor();
  check(`${kind}: its sentence`, (await card.textContent()).includes(words), await card.textContent());
  await axe(page, kind);
}

await withBrowser(FAKE, async (browser) => {
  const context = await browser.newContext({ locale: "en-US", permissions: [] });
  const page = await context.newPage();
  await signIn(page);
  await problem(page, "denied", "set “Microphone” to “Allow”");
  await context.close();
});
await withBrowser(["--use-fake-ui-for-media-stream"], async (browser) => {
  const context = await browser.newContext({ locale: "en-US", permissions: ["microphone"] });
  const page = await context.newPage();
  await signIn(page);
  await problem(page, "missing", "Plug in a headset");
  await context.close();
});
await withBrowser([...FAKE, "--host-resolver-rules=MAP desk.example 127.0.0.1"], async (browser) => {
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  await signIn(page, base.replace(/\/\/[^:/]+/, "//desk.example"));
  await problem(page, "insecure", "only on https pages");
  await context.close();
});

await server.close();
console.log(`${passed.length} passed, ${failures.length} failed`);
for (const failure of failures) console.log(`  ${failure}`);
process.exit(failures.length === 0 ? 0 : 1);
