/** The person's choices, kept by the Rust side in this computer's settings. Read once at start, because pages ask at once. */
import { saneChoices } from "../choices";
import type { Preferences, PreferencesPort } from "../ports";
import { ask } from "./ask";

export class WindowPreferences implements PreferencesPort {
  #choices: Preferences;

  constructor(stored: unknown) {
    this.#choices = saneChoices(stored);
  }

  read(): Preferences {
    return this.#choices;
  }

  write(change: Partial<Preferences>): void {
    this.#choices = { ...this.#choices, ...change };
    // A choice that cannot be written lasts as long as the window.
    ask("settings_write", { preferences: this.#choices }).catch(() => undefined);
  }

  tabMemory(key: string): string | null {
    return sessionStorage.getItem(`cordboard.${key}`);
  }

  rememberInTab(key: string, value: string | null): void {
    try {
      if (value === null) sessionStorage.removeItem(`cordboard.${key}`);
      else sessionStorage.setItem(`cordboard.${key}`, value);
    } catch {
      // Storage may be full; what is not remembered is forgotten at the next reload.
    }
  }
}
