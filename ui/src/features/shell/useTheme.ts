import { useEffect } from "react";

import type { Preferences } from "../../platform/ports";

/** Puts light or dark on the page, following the system while the person has not chosen. */
export function useTheme(theme: Preferences["theme"]): void {
  useEffect(() => {
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const apply = () => {
      const dark = theme === "dark" || (theme === "system" && system.matches);
      document.documentElement.dataset.theme = dark ? "dark" : "light";
    };
    apply();
    system.addEventListener("change", apply);
    return () => system.removeEventListener("change", apply);
  }, [theme]);
}
