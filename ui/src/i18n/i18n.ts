/** Chinese and English, chosen by the person, else by the browser. */
import i18n from "i18next";
import { initReactI18next } from "react-i18next";

import type { Locale } from "../generated/Locale";
import type { Dictionary } from "./dictionary";
import { en } from "./en";
import { zh } from "./zh-CN";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: Dictionary };
  }
}

export function preferredLocale(chosen: Locale | null, languages: readonly string[]): Locale {
  if (chosen !== null) return chosen;
  for (const language of languages) {
    if (language.toLowerCase().startsWith("zh")) return "zh-CN";
    if (language.toLowerCase().startsWith("en")) return "en";
  }
  return "zh-CN";
}

export function startI18n(locale: Locale): void {
  void i18n.use(initReactI18next).init({
    lng: locale,
    fallbackLng: "en",
    resources: { "zh-CN": { translation: zh }, en: { translation: en } },
    // React escapes what it draws.
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  document.documentElement.lang = locale;
}

export async function speak(locale: Locale): Promise<void> {
  await i18n.changeLanguage(locale);
  document.documentElement.lang = locale;
}
