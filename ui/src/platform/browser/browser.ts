/** The browser as a home of the desk. */
import type { Platform } from "../ports";
import { BrowserCallAudio } from "./callAudio";
import { BrowserCustomerPage } from "./customerPage";
import { BrowserOperations, BrowserSession } from "./door";
import { BrowserNotifier } from "./notifier";
import { BrowserPreferences } from "./preferences";
import { BrowserSockets } from "./socket";
import { BrowserRinger } from "./tones";

/** `/workbench/<instance>/agentdesk` names the instance. */
export function instanceOf(pathname: string): string {
  const name = /^\/workbench\/([^/]+)/.exec(pathname)?.[1];
  try {
    return name === undefined ? "demo" : decodeURIComponent(name);
  } catch {
    return "demo";
  }
}

export function browserPlatform(): Platform {
  const instance = instanceOf(window.location.pathname);
  return {
    instance,
    session: new BrowserSession(),
    sockets: new BrowserSockets(),
    operations: new BrowserOperations(instance),
    preferences: new BrowserPreferences(),
    callAudio: new BrowserCallAudio(),
    ringer: new BrowserRinger(),
    notifier: new BrowserNotifier(),
    customerPage: new BrowserCustomerPage(),
  };
}
