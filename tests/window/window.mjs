// Drives the real desktop window over JSON lines: one request a line in, one answer a line out. WebKitWebDriver clicks and
// types as a person does; the display is a virtual one. `tests/src/window.rs` is the other end.

import { spawn } from "node:child_process";
import { readFile, rename, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { Builder, Capabilities } from "selenium-webdriver";

import { surroundings } from "./surroundings.mjs";

const HELD = [];
/** What the desktop's notification daemon, a mock, was asked to show. */
const notified = [];
const NOTEPAD = fileURLToPath(new URL("notepad.py", import.meta.url));
let server;
let driver;
let robot;

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

/** The processes that this one started, directly or not, whose name begins like this. */
async function ours(beginning) {
  const lines = (await said("ps", ["-A", "-o", "pid=,ppid=,stat=,comm="])).split("\n").map((line) => line.trim().split(/\s+/));
  const parents = new Map(lines.map(([pid, ppid]) => [Number(pid), Number(ppid)]));
  const isOurs = (pid) => pid > 1 && (parents.get(pid) === process.pid || isOurs(parents.get(pid) ?? 0));
  return lines
    .filter(([pid, , state, name]) => name?.startsWith(beginning) && !state.startsWith("Z") && isOurs(Number(pid)))
    .map(([pid]) => Number(pid));
}

/** How long ago a process began, as the kernel counts, in steps of 10 ms. */
async function age(pid) {
  const [stat, uptime] = await Promise.all([readFile(`/proc/${pid}/stat`, "utf8"), readFile("/proc/uptime", "utf8")]);
  const began_ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  return Math.round(Number(uptime.split(" ")[0]) * 1_000 - began_ticks * 10);
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
  const spoken = (element) => (element.getAttribute("aria-label") ?? (element.labels?.[0] ?? element).textContent).trim();
  const seen = (element) => element.getClientRects().length > 0 && !element.disabled;
  const native = { button: "button, ", radio: "input[type=radio], " }[role] ?? "";
  const selector = `${native}[role=${role}]`;
  return [...document.querySelectorAll(selector)].find((element) => seen(element) && fits(spoken(element))) ?? null;
}

function fieldOf(label) {
  const named = [...document.querySelectorAll("label")].find((element) => element.textContent.trim() === label);
  return named === undefined ? document.querySelector(`[aria-label="${label}"]`) : document.getElementById(named.htmlFor);
}

function text() {
  return document.body?.innerText ?? "";
}

/** Whether these words stand on the page; words between slashes are a regular expression. */
function says(page, words) {
  const pattern = /^\/(.*)\/(\w*)$/.exec(words);
  return pattern === null ? page.includes(words) : new RegExp(pattern[1], pattern[2]).test(page);
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

/** How many points differ between two pictures. */
function difference(one, other) {
  return new Promise((resolve, reject) => {
    const child = spawn("compare", ["-metric", "AE", one, other, "null:"], { stdio: ["ignore", "ignore", "pipe"] });
    let figure = "";
    child.stderr.on("data", (data) => (figure += data));
    child.on("error", reject);
    // 1 says that they differ, 2 that they cannot be compared.
    child.on("exit", (code) => (code === 2 ? reject(new Error(figure)) : resolve(Number(figure))));
  });
}

/** Two pictures alike, but for the seconds of a clock, mean that what was painted in software has reached the screen. */
async function settledPicture(file) {
  const former = `${file}.former.png`;
  const taken = (place) => done("import", ["-silent", "-window", "root", place]);
  await taken(former);
  await until("a picture that stays", 20_000, async () => {
    await taken(file);
    if ((await difference(former, file)) < 6_000) return true;
    await rename(file, former);
    return false;
  });
  await rm(former);
}

/** Types until it is told to end; notes who has the keyboard behind each key. */
function typeOn(pause_ms) {
  let over = false;
  const type = async () => {
    let [keys, owner] = ["", ""];
    const owners = [];
    while (!over) {
      const key = String.fromCharCode(97 + (keys.length % 26));
      // A window may go between the two questions.
      const seen = await said("xdotool", ["key", key, "getwindowfocus", "getwindowname"]).catch(() => "nobody");
      keys += key;
      if (seen.trim() !== owner) owners.push([keys.length, (owner = seen.trim())]);
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
    return { keys, owners };
  };
  return { ends: () => (over = true), typed: type() };
}

const acts = {
  ...surroundings({ said, done, until, ours }),

  /** The screen, the notification daemon and the driver. */
  async start({ port, environment = {} }) {
    const screen = hold("Xvfb", ["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"]);
    process.env.DISPLAY = `:${await firstLine(screen)}`;
    Object.assign(process.env, environment);
    const daemon = hold("/usr/bin/python3", ["-u", "-m", "dbusmock", "--session", "--template", "notification_daemon"]);
    createInterface({ input: daemon.stdout }).on("line", (line) => notified.push(line));
    // Tauri lets itself be driven where this says so, which the driver hands on to the window.
    const env = { ...process.env, TAURI_WEBVIEW_AUTOMATION: "true" };
    hold("WebKitWebDriver", [`--port=${port}`], { env, stdio: ["ignore", "inherit", "inherit"] });
    await until("the driver", 20_000, () => fetch(`http://127.0.0.1:${port}/status`));
    const name = ["--session", "--dest", "org.freedesktop.Notifications", "--object-path", "/org/freedesktop/Notifications"];
    const ask = ["call", ...name, "--method", "org.freedesktop.Notifications.GetServerInformation"];
    await until("the notification daemon", 20_000, () => said("gdbus", ask));
    server = `http://127.0.0.1:${port}/`;
    return { display: process.env.DISPLAY };
  },

  /** The window itself; again after it has been killed. */
  async open({ application, args = [] }) {
    // The driver keeps one session, also that of a window that was killed.
    await driver?.quit().catch((error) => console.error(`the former session: ${error.message}`));
    const capabilities = new Capabilities({ browserName: "wry", "webkitgtk:browserOptions": { binary: application, args } });
    driver = await new Builder().usingServer(server).withCapabilities(capabilities).build();
  },

  /** A window manager, as every desktop has. */
  async manage() {
    hold("openbox", ["--sm-disable"], { stdio: ["ignore", "inherit", "inherit"] });
    await until("the window manager", 10_000, async () => (await said("xprop", ["-root", "_NET_SUPPORTING_WM_CHECK"])).includes("#"));
  },

  /** Another program to type into, with the keyboard. */
  async notepad({ file }) {
    hold("/usr/bin/python3", [NOTEPAD, file], { stdio: ["ignore", "inherit", "inherit"] });
    const found = await until("the notepad", 10_000, () => said("xdotool", ["search", "--onlyvisible", "--name", "^Notepad$"]));
    const notepad = found.trim();
    await done("xdotool", ["windowactivate", notepad]);
    // xdotool's own waiting gives up where no window has had the keyboard yet.
    await until("the notepad has the keyboard", 10_000, async () => {
      const active = await said("xdotool", ["getactivewindow"]).catch(() => "");
      return active.trim() === notepad;
    });
  },

  /** Presses keys, as `ctrl+alt+a`: whoever has the keyboard gets them. */
  async keys({ keys }) {
    await done("xdotool", ["key", "--clearmodifiers", keys]);
  },

  /** A robot begins to type letters, one after another with pauses between them, to whoever has the keyboard. */
  async robot_begins({ pause_ms }) {
    robot = typeOn(pause_ms);
  },

  /** The robot ends. Returns what it typed, and whenever the keyboard went to another window: how much was typed then. */
  async robot_ends() {
    const { ends, typed } = robot;
    ends();
    return typed;
  },

  /** Minimises a window as its title bar's button does. */
  async minimise({ title }) {
    const found = (await said("xdotool", ["search", "--onlyvisible", "--name", title])).trim();
    await done("xdotool", ["windowminimize", "--sync", found]);
  },

  /** The name of the window that has the keyboard. */
  async focused() {
    return (await said("xdotool", ["getwindowfocus", "getwindowname"])).trim();
  },

  /** Freezes, thaws or kills the window's own process. */
  async application_process({ signal }) {
    const found = await ours("cordboard-deskt");
    if (found.length === 0) throw new Error("the window's process is not there");
    for (const pid of found) process.kill(pid, signal);
    return found.length;
  },

  async fill({ label, text: words, limit_ms = 10_000 }) {
    await until(`the field ${label} filled`, limit_ms, async () => {
      const field = await driver.executeScript(fieldOf, label);
      if (field === null) return false;
      await driver.executeScript((element) => element.select(), field);
      await field.sendKeys(words);
      return driver.executeScript((element, typed) => element.value === typed, field, words);
    });
  },

  /** Waits without a pause until a field takes a letter, and says how long after the program's start that was. */
  async usable({ label, limit_ms = 20_000 }) {
    const [pid] = await ours("cordboard-deskt");
    const ends = Date.now() + limit_ms;
    for (;;) {
      const field = await driver.executeScript(fieldOf, label).catch(() => null);
      if (field !== null) {
        await driver.executeScript((element) => element.select(), field);
        await field.sendKeys("a");
        if (await driver.executeScript((element) => element.value === "a", field)) return age(pid);
      }
      if (Date.now() > ends) throw new Error(`${label} takes no letter; the page says: ${await pageText()}`);
    }
  },

  async click({ role, name, ends = false, limit_ms = 10_000 }) {
    // What the page replaces between finding and clicking was not clicked: its successor is.
    await until(`a click on ${role} ${name}`, limit_ms, async () => {
      const target = await driver.executeScript(find, role, name);
      if (target === null) return false;
      // A click that ends the window may end it before the driver can say that it clicked.
      await target.click().catch((error) => {
        if (!ends) throw error;
      });
      return true;
    });
  },

  async see_role({ role, name, limit_ms = 10_000 }) {
    await until(`${role} ${name}`, limit_ms, () => driver.executeScript(find, role, name));
  },

  async see({ text: words, limit_ms = 10_000 }) {
    await until(`the words ${words}`, limit_ms, async () => says(await driver.executeScript(text), words));
  },

  async see_no({ text: words, limit_ms = 10_000 }) {
    await until(`no words ${words}`, limit_ms, async () => !says(await driver.executeScript(text), words));
  },

  async choose({ label, option, limit_ms = 10_000 }) {
    await until(`${option} chosen as ${label}`, limit_ms, async () => {
      const field = await driver.executeScript(fieldOf, label);
      const named = (list, text) => [...list.options].find((one) => one.textContent.trim() === text) ?? null;
      const found = await driver.executeScript(named, field, option);
      if (found === null) return false;
      await found.click();
      return true;
    });
  },

  async ask({ script }) {
    return driver.executeScript(script);
  },

  async becomes_true({ script, limit_ms = 10_000 }) {
    await until(script, limit_ms, () => driver.executeScript(script));
  },

  /** Waits until the daemon was asked something that says this, and returns the line. */
  async notified({ text: words, limit_ms = 10_000 }) {
    return until(`a notification ${words}`, limit_ms, async () => notified.find((line) => line.includes(words)) ?? null);
  },

  /** Waits until the daemon was asked to take the newest one away. */
  async notification_gone({ limit_ms = 10_000 }) {
    const last = (word) => notified.findLastIndex((line) => line.includes(` ${word} `));
    await until("the notification taken away", limit_ms, async () => last("CloseNotification") > last("Notify"));
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

  /** Freezes, thaws or kills the pages' processes; the window's own goes on. */
  async page_process({ signal }) {
    const found = await ours("WebKitWebProc");
    if (found.length === 0) throw new Error("no page's process is there");
    for (const pid of found) process.kill(pid, signal);
    return found;
  },

  /** The program's own process and the web view's, by their names. */
  async processes() {
    const names = ["cordboard-deskt", "WebKitWebProc", "WebKitNetwork"];
    const found = await Promise.all(names.map(async (name) => (await ours(name)).map((pid) => [name, pid])));
    return found.flat();
  },

  /** Waits until none of these processes is there any more, and another page's is. */
  async page_again({ than, limit_ms = 15_000 }) {
    await until("a new process for the page", limit_ms, async () => {
      const found = await ours("WebKitWebProc");
      return found.length > 0 && found.every((pid) => !than.includes(pid));
    });
  },

  async reload() {
    await driver.navigate().refresh();
  },

  /** The whole virtual screen, as a person would see it. */
  async picture({ file }) {
    await driver.executeAsyncScript((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
    await settledPicture(file);
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
