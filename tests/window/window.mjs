// Drives the real desktop window over JSON lines: one request a line in, one answer a line out. WebKitWebDriver clicks and
// types as a person does; the display is a virtual one. `tests/src/window.rs` is the other end.

import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";

import { Builder, Capabilities } from "selenium-webdriver";

const HELD = [];
/** What the desktop's notification daemon, a mock, was asked to show. */
const notified = [];
let driver;

/** Starts a program that lives as long as this one; what it says goes to our own log. */
function hold(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], ...options });
  child.on("error", (error) => console.error(`${program}: ${error.message}`));
  HELD.push(child);
  return child;
}

function said(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (data) => (text += data));
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve(text) : reject(new Error(`${program} ended with ${code}`))));
  });
}

function done(program, args) {
  return said(program, args).then(() => null);
}

async function ancestors(pid) {
  const parent = Number(await said("ps", ["-o", "ppid=", "-p", String(pid)]).catch(() => "1"));
  return parent <= 1 ? [] : [parent, ...(await ancestors(parent))];
}

function firstLine(child) {
  return new Promise((resolve, reject) => {
    child.stdout.once("data", (data) => resolve(String(data).trim()));
    child.once("exit", (code) => reject(new Error(`ended with ${code} before it said anything`)));
  });
}

/** Finds what a screen reader would call by this role and name; runs in the page. */
function find(role, name) {
  const pattern = /^\/(.*)\/(\w*)$/.exec(name);
  const fits = (text) => (pattern === null ? text === name : new RegExp(pattern[1], pattern[2]).test(text));
  const spoken = (element) => (element.getAttribute("aria-label") ?? element.textContent).trim();
  const seen = (element) => element.getClientRects().length > 0 && !element.disabled;
  const selector = role === "button" ? "button, [role=button]" : `[role=${role}]`;
  return [...document.querySelectorAll(selector)].find((element) => seen(element) && fits(spoken(element))) ?? null;
}

function fieldOf(label) {
  const named = [...document.querySelectorAll("label")].find((element) => element.textContent.trim() === label);
  return named === undefined ? null : document.getElementById(named.htmlFor);
}

function text() {
  return document.body?.innerText ?? "";
}

/** The page's text for a message; a frozen page says nothing. */
function pageText() {
  const nothing = new Promise((resolve) => setTimeout(resolve, 2_000, "nothing"));
  return Promise.race([driver?.executeScript(text).catch(String), nothing]);
}

/** Asks until there is an answer; the page may be in the middle of anything. */
async function until(what, limit, ask) {
  const ends = Date.now() + limit;
  for (;;) {
    const found = await ask().catch(() => null);
    if (found !== null && found !== false) return found;
    if (Date.now() > ends) throw new Error(`${what}: not within ${limit} ms; the page says: ${await pageText()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const acts = {
  async start({ application, args = [], tauri_driver, port, environment = {} }) {
    const screen = hold("Xvfb", ["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"]);
    process.env.DISPLAY = `:${await firstLine(screen)}`;
    Object.assign(process.env, environment);
    const daemon = hold("/usr/bin/python3", ["-u", "-m", "dbusmock", "--session", "--template", "notification_daemon"]);
    createInterface({ input: daemon.stdout }).on("line", (line) => notified.push(line));
    hold(tauri_driver, ["--port", String(port), "--native-port", String(port + 1)], { stdio: ["ignore", "inherit", "inherit"] });
    const capabilities = new Capabilities({ browserName: "wry", "tauri:options": { application, args } });
    const builder = new Builder().usingServer(`http://127.0.0.1:${port}/`).withCapabilities(capabilities);
    await until("the driver", 20_000, () => fetch(`http://127.0.0.1:${port}/status`));
    driver = await builder.build();
    return { display: process.env.DISPLAY };
  },

  async fill({ label, text: words, limit_ms = 10_000 }) {
    const field = await until(`the field ${label}`, limit_ms, () => driver.executeScript(fieldOf, label));
    await driver.executeScript((element) => element.select(), field);
    await field.sendKeys(words);
  },

  async click({ role, name, limit_ms = 10_000 }) {
    const target = await until(`${role} ${name}`, limit_ms, () => driver.executeScript(find, role, name));
    await target.click();
  },

  async see_role({ role, name, limit_ms = 10_000 }) {
    await until(`${role} ${name}`, limit_ms, () => driver.executeScript(find, role, name));
  },

  async see({ text: words, limit_ms = 10_000 }) {
    const pattern = /^\/(.*)\/(\w*)$/.exec(words);
    const fits = (page) => (pattern === null ? page.includes(words) : new RegExp(pattern[1], pattern[2]).test(page));
    await until(`the words ${words}`, limit_ms, async () => fits(await driver.executeScript(text)));
  },

  async run({ script }) {
    return driver.executeScript(script);
  },

  /** Waits until the daemon was asked something that says this, and returns the line. */
  async notified({ text: words, limit_ms = 10_000 }) {
    return until(`a notification ${words}`, limit_ms, async () => notified.find((line) => line.includes(words)) ?? null);
  },

  /** Presses a button of the newest notification, as the daemon would tell of it. */
  async press_notification({ action }) {
    const shown = notified.filter((line) => line.includes(" Notify ")).length;
    const signal = ["org.freedesktop.Notifications", "ActionInvoked", "us", `[<uint32 ${shown}>, <'${action}'>]`];
    const to = ["--session", "--dest", "org.freedesktop.Notifications", "--object-path", "/org/freedesktop/Notifications"];
    await done("gdbus", ["call", ...to, "--method", "org.freedesktop.DBus.Mock.EmitSignal", ...signal]);
  },

  /** Starts the program a second time with words on its command line, and waits until that start is over. */
  async start_again({ application, words }) {
    await done(application, words);
  },

  /** Waits until a window of this title is on the screen. */
  async window({ title, limit_ms = 10_000 }) {
    await until(`the window ${title}`, limit_ms, async () => (await said("xwininfo", ["-root", "-tree"])).includes(`"${title}"`));
  },

  /** Freezes or thaws the page's process; the window's own goes on. */
  async page_process({ signal }) {
    for (const line of (await said("ps", ["-A", "-o", "pid=,ppid=,comm="])).split("\n")) {
      const [pid, , name] = line.trim().split(/\s+/);
      if (name?.startsWith("WebKitWebProc") && (await ancestors(pid)).includes(process.pid)) process.kill(Number(pid), signal);
    }
  },

  async reload() {
    await driver.navigate().refresh();
  },

  /** The whole virtual screen, as a person would see it. */
  async picture({ file }) {
    // What is painted in software is on the screen a moment later; only people look at pictures.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const child = spawn("import", ["-window", "root", file], { stdio: "inherit" });
    const code = await new Promise((resolve) => child.on("exit", resolve));
    if (code !== 0) await writeFile(file, await driver.takeScreenshot(), "base64");
  },

  async close() {
    await driver?.quit().catch(() => undefined);
    for (const child of HELD.reverse()) child.kill();
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, do: act, ...rest } = JSON.parse(line);
  const answer = await acts[act](rest).then(
    (result) => ({ id, result: result ?? null }),
    (error) => ({ id, error: error instanceof Error ? error.message : String(error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  if (act === "close") process.exit(0);
}
