import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

import { startI18n } from "../i18n/i18n";

startI18n("en");

// What jsdom lacks and Radix or the desk ask for.
window.matchMedia = (query) => ({
  matches: query.includes("min-width"),
  media: query,
  onchange: null,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
  dispatchEvent: () => false,
});
window.ResizeObserver = class {
  observe() {
    return undefined;
  }
  unobserve() {
    return undefined;
  }
  disconnect() {
    return undefined;
  }
};
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.hasPointerCapture = () => false;

afterEach(cleanup);
