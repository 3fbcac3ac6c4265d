/** What the browser remembers: choices of the person, and what one tab keeps across a reload. */
import type { Preferences, PreferencesPort } from "../ports";

const KEY = "cordboard.preferences";

function defaults(): Preferences {
  return {
    locale: null,
    theme: "system",
    // A window too narrow for both starts with the customer page in a tab.
    customerPage: window.matchMedia("(min-width: 1024px)").matches ? "beside" : "tab",
    microphone: "",
    speaker: "",
    lastLogin: "",
    outboundNumber: "",
  };
}

function sane(stored: unknown): Preferences {
  const result = defaults();
  if (typeof stored !== "object" || stored === null) return result;
  const given = stored as Record<string, unknown>;
  if (given.locale === "zh-CN" || given.locale === "en") result.locale = given.locale;
  if (given.theme === "light" || given.theme === "dark") result.theme = given.theme;
  if (given.customerPage === "tab" || given.customerPage === "beside") result.customerPage = given.customerPage;
  for (const name of ["microphone", "speaker", "lastLogin", "outboundNumber"] as const) {
    const value = given[name];
    if (typeof value === "string") result[name] = value;
  }
  return result;
}

export class BrowserPreferences implements PreferencesPort {
  #memory: Preferences | null = null;

  read(): Preferences {
    if (this.#memory !== null) return this.#memory;
    try {
      this.#memory = sane(JSON.parse(localStorage.getItem(KEY) ?? "null"));
    } catch {
      this.#memory = defaults();
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
