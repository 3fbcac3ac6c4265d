/** What the browser remembers: choices of the person, and what one tab keeps across a reload. */
import { saneChoices } from "../choices";
import type { Preferences, PreferencesPort } from "../ports";

const KEY = "cordboard.preferences";

export class BrowserPreferences implements PreferencesPort {
  #memory: Preferences | null = null;

  read(): Preferences {
    if (this.#memory !== null) return this.#memory;
    try {
      this.#memory = saneChoices(JSON.parse(localStorage.getItem(KEY) ?? "null"));
    } catch {
      this.#memory = saneChoices(null);
    }
    return this.#memory;
  }

  write(change: Partial<Preferences>): void {
    this.#memory = { ...this.read(), ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#memory));
    } catch {
      // Storage may be full or forbidden; the choice then lasts as long as the page.
    }
  }

  tabMemory(key: string): string | null {
    try {
      return sessionStorage.getItem(`cordboard.${key}`);
    } catch {
      return null;
    }
  }

  rememberInTab(key: string, value: string | null): void {
    try {
      if (value === null) sessionStorage.removeItem(`cordboard.${key}`);
      else sessionStorage.setItem(`cordboard.${key}`, value);
    } catch {
      // As above.
    }
  }
}
