import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./features/shell/App";
import { preferredLocale, startI18n } from "./i18n/i18n";
import { homePlatform } from "./platform/home";
import "./styles.css";

const platform = await homePlatform();
startI18n(preferredLocale(platform.preferences.read().locale, navigator.languages));

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <App platform={platform} />
  </StrictMode>,
);
