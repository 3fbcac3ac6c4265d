/** The person's choices as they were stored, with a sound value wherever one is missing or odd. */
import type { Preferences } from "./ports";

function defaults(): Preferences {
  return {
    locale: null,
    theme: "system",
    // A window too narrow for both starts with the customer page in a tab.
    customerPage: window.matchMedia("(min-width: 1024px)").matches ? "beside" : "tab",
    microphone: "",
    speaker: "",
    ringer: "",
    echo: true,
    noise: true,
    gain: true,
    lastLogin: "",
    outboundNumber: "",
  };
}

export function saneChoices(stored: unknown): Preferences {
  const result = defaults();
  if (typeof stored !== "object" || stored === null) return result;
  const given = stored as Record<string, unknown>;
  if (given.locale === "zh-CN" || given.locale === "en") result.locale = given.locale;
  if (given.theme === "light" || given.theme === "dark") result.theme = given.theme;
  if (given.customerPage === "tab" || given.customerPage === "beside") result.customerPage = given.customerPage;
  for (const name of ["microphone", "speaker", "ringer", "lastLogin", "outboundNumber"] as const) {
    const value = given[name];
    if (typeof value === "string") result[name] = value;
  }
  for (const name of ["echo", "noise", "gain"] as const) {
    const value = given[name];
    if (typeof value === "boolean") result[name] = value;
  }
  return result;
}
