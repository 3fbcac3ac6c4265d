/** The desktop window as a home of the desk. */
import type { SignInAnswer } from "../../generated/SignInAnswer";
import { instanceOf } from "../address";
import type { CentrePort, GatewayPort, OperationsPort, Platform, RecordingsPort, SessionPort, SoundChoice } from "../ports";
import { ask } from "./ask";
import { WindowCallAudio } from "./callAudio";
import { check } from "./check";
import { files } from "./files";
import { autostart, customerWindow, frame, hotkeys, links } from "./frame";
import { WindowPreferences } from "./preferences";
import { WindowSockets } from "./socket";

interface Stored {
  gateway: string;
  preferences: unknown;
  sound: SoundChoice;
}

const session: SessionPort = {
  current: () => ask<SignInAnswer | null>("session_current"),
  signIn: (_instance, login, password) => ask<SignInAnswer>("session_sign_in", { login, password }),
  signOut: () => ask("session_sign_out"),
};

const operations: OperationsPort = {
  call: (action, parameters) => ask("operation", { action, parameters }),
};

const centre: CentrePort = {
  canStart: () => ask<boolean>("centre_can_start"),
  start: () => ask<string>("centre_start"),
};

/** Pages of a custom scheme are reached over http on Windows. */
const RECORDINGS = navigator.userAgent.includes("Windows") ? "http://recording.localhost/" : "recording://localhost/";

const recordings: RecordingsPort = {
  source: (url) => RECORDINGS + (url.split("/").at(-1) ?? ""),
};

class WindowGateway implements GatewayPort {
  #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  address(): string {
    return this.#address;
  }

  async choose(address: string): Promise<void> {
    this.#address = address.trim();
    await ask("gateway_choose", { address: this.#address });
  }
}

export async function windowPlatform(): Promise<Platform> {
  const stored = await ask<Stored>("settings_read");
  const gateway = new WindowGateway(stored.gateway);
  return {
    get instance() {
      return instanceOf(gateway.address());
    },
    session,
    sockets: new WindowSockets(),
    operations,
    preferences: new WindowPreferences(stored.preferences),
    gateway,
    centre,
    recordings,
    callAudio: new WindowCallAudio(stored.sound),
    check,
    files,
    customerWindow,
    links,
    frame,
    hotkeys,
    autostart,
  };
}
