import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./features/shell/App";
import { preferredLocale, startI18n } from "./i18n/i18n";
import { browserPlatform } from "./platform/browser/browser";
import "./styles.css";

const platform = browserPlatform();
startI18n(preferredLocale(platform.preferences.read().locale, navigator.languages));

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <App platform={platform} />
  </StrictMode>,
);
