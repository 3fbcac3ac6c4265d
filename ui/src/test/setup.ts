import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

import { startI18n } from "../i18n/i18n";

startI18n("en");
// A loaded machine may take its time.
configure({ asyncUtilTimeout: 10_000, getElementError: (message) => new Error(message ?? "") });

// What jsdom lacks and Radix or the desk ask for.
window.matchMedia = (query) =>
  ({
    matches: query.includes("min-width"),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;
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
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.hasPointerCapture = () => false;

afterEach(cleanup);
