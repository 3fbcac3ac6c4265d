/** Choices that matter before and after sign-in: language and appearance. */
import { createContext, useContext } from "react";

import type { Locale } from "../../generated/Locale";
import type { Preferences } from "../../platform/ports";

export interface Settings {
  preferences: Preferences;
  prefer: (change: Partial<Preferences>) => void;
  setLocale: (locale: Locale) => void;
}

export const SettingsContext = createContext<Settings | null>(null);

export function useSettings(): Settings {
  const settings = useContext(SettingsContext);
  if (settings === null) throw new Error("there are no settings around this component");
  return settings;
}
