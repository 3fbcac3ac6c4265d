// Acts around the page, which need no driver: the window as a thing on the screen, the programs it has started, and what a
// screen reader finds.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const CLOSE = fileURLToPath(new URL("close.py", import.meta.url));
const SCREEN_READER = fileURLToPath(new URL("screen_reader.py", import.meta.url));

/** The desk's window on the screen. */
const deskWindow = async (said) => (await said("xdotool", ["search", "--onlyvisible", "--name", "^Cordboard$"])).trim().split("\n")[0];

export const surroundings = ({ said, done, until, ours }) => ({
  /** Makes the desk's window so large, as a person does at its edge. */
  async resize({ width, height }) {
    await done("xdotool", ["windowsize", "--sync", await deskWindow(said), String(width), String(height)]);
  },

  /** Closes the desk's window as a person does, by the window manager. */
  async close_window() {
    await done("/usr/bin/python3", [CLOSE, await deskWindow(said)]);
  },

  /** The words on the command line of a program that the window has started, and its number. */
  async program({ name, limit_ms = 10_000 }) {
    const [pid] = await until(`the program ${name}`, limit_ms, async () => {
      const found = await ours(name);
      return found.length > 0 && found;
    });
    const words = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").filter((word) => word !== "");
    return { pid, words };
  },

  /** Waits until no program of this name is there any more. */
  async program_gone({ name, limit_ms = 15_000 }) {
    await until(`${name} gone`, limit_ms, async () => (await ours(name)).length === 0);
  },

  /** Waits until a screen reader finds this: it asks the desktop and not the driver, whose session dies with its page. */
  async read_aloud({ role, name, limit_ms = 20_000 }) {
    const pattern = new RegExp(name);
    await until(`a screen reader finds ${role} ${name}`, limit_ms, async () => {
      const lines = (await said("/usr/bin/python3", [SCREEN_READER])).split("\n").map((line) => line.split("\t"));
      return lines.some(([found, words = ""]) => found === role && pattern.test(words));
    });
  },
});
