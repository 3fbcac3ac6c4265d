import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { preferredLocale, startI18n } from "../i18n/i18n";
import { BrowserPreferences } from "../platform/browser/preferences";
import "../styles.css";
import { CrmPage } from "./CrmPage";

const preferences = new BrowserPreferences().read();
startI18n(preferredLocale(preferences.locale, navigator.languages));

// Beside the desk this page has the keyboard while notes are written; the desk's shortcuts must reach it all the same.
window.addEventListener("keydown", (event) => {
  if (!event.altKey || window.parent === window) return;
  try {
    const { code, key, altKey, ctrlKey, metaKey, repeat } = event;
    const passed = new KeyboardEvent("keydown", { code, key, altKey, ctrlKey, metaKey, repeat, cancelable: true });
    if (!window.parent.dispatchEvent(passed)) event.preventDefault();
  } catch {
    // The page around this one is somebody else's.
  }
});

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <CrmPage search={window.location.search} theme={preferences.theme} />
  </StrictMode>,
);
