/** The browser as a home of the desk. */
import { instanceOf } from "../address";
import type { Platform } from "../ports";
import { BrowserCallAudio } from "./callAudio";
import { BrowserCustomerPage } from "./customerPage";
import { BrowserOperations, BrowserSession } from "./door";
import { files } from "./files";
import { BrowserNotifier } from "./notifier";
import { BrowserPreferences } from "./preferences";
import { BrowserSockets } from "./socket";
import { BrowserRinger } from "./tones";

export function browserPlatform(): Platform {
  const instance = instanceOf(window.location.pathname);
  const sound = new BrowserCallAudio();
  return {
    instance,
    session: new BrowserSession(),
    sockets: new BrowserSockets(),
    operations: new BrowserOperations(instance),
    preferences: new BrowserPreferences(),
    callAudio: sound,
    media: sound,
    files,
    ringer: new BrowserRinger(),
    notifier: new BrowserNotifier(),
    customerPage: new BrowserCustomerPage(),
  };
}
