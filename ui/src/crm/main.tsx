import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { preferredLocale, startI18n } from "../i18n/i18n";
import { BrowserPreferences } from "../platform/browser/preferences";
import "../styles.css";
import { CrmPage } from "./CrmPage";

const preferences = new BrowserPreferences().read();
startI18n(preferredLocale(preferences.locale, navigator.languages));

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <CrmPage search={window.location.search} theme={preferences.theme} />
  </StrictMode>,
);
