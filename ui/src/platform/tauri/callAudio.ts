/**
 * The sound in the window: the Rust side has microphone, speaker, ringer and connection; the page shows how they are
 * and tells what the person chose.
 */
import { listen } from "@tauri-apps/api/event";

import type {
  CallAudioPort,
  MediaState,
  MicrophoneState,
  SoundChoice,
  SoundDevice,
  SoundEvents,
  SoundLevels,
  System,
} from "../ports";
import { ask } from "./ask";

interface Sounding {
  media: MediaState;
  microphone: MicrophoneState;
}

interface SoundView {
  microphones: SoundDevice[];
  speakers: SoundDevice[];
  /** Null while it is closed and nothing else is known. */
  microphone: MicrophoneState | null;
  speaker: MicrophoneState | null;
  system: string;
}

const NAMES = ["microphone", "speaker", "ringer", "echo", "noise", "gain"] as const;
const SILENCE: SoundLevels = { microphone_dbfs: -127, speaker_dbfs: -127 };

function isSystem(system: string): system is System {
  return system === "linux" || system === "macos" || system === "windows";
}

export class WindowCallAudio implements CallAudioPort {
  #events: SoundEvents | null = null;
  #microphone: MicrophoneState = "unknown";
  /** As the Rust side has it. */
  #choice: SoundChoice;
  #told = Promise.resolve();
  #levels = SILENCE;
  system: System | undefined;

  constructor(choice: SoundChoice) {
    this.#choice = choice;
  }

  start(events: SoundEvents): void {
    // Listening lasts as long as the page; a second desk in the same page only changes who is told.
    const first = this.#events === null;
    this.#events = events;
    if (!first) return;
    void listen<Sounding>("desk-sound", ({ payload }) => {
      this.#events?.media(payload.media);
      if (this.#microphone === "unknown") this.#heard(payload.microphone);
    });
    void listen<SoundView>("sound-devices", ({ payload }) => this.#show(payload));
    void listen<SoundLevels>("sound-levels", ({ payload }) => {
      this.#levels = payload;
    });
  }

  async prepare(): Promise<MicrophoneState> {
    const view = await ask<SoundView | null>("sound_prepare").catch(() => null);
    if (view !== null) this.#show(view);
    return this.#microphone;
  }

  unlock(): Promise<void> {
    return Promise.resolve();
  }

  chooseMicrophone(microphone: string): Promise<void> {
    return this.#choose({ microphone });
  }

  chooseSpeaker(speaker: string): Promise<void> {
    return this.#choose({ speaker });
  }

  chooseRinger(ringer: string): Promise<void> {
    return this.#choose({ ringer });
  }

  clean(cleaning: Pick<SoundChoice, "echo" | "noise" | "gain">): Promise<void> {
    return this.#choose(cleaning);
  }

  levels(): SoundLevels {
    return this.#levels;
  }

  async tryOut(on: boolean): Promise<void> {
    if (!on) this.#levels = SILENCE;
    await ask("sound_try", { on }).catch(() => undefined);
  }

  async playTestTone(): Promise<void> {
    await ask("sound_test_tone");
  }

  async playTestRing(): Promise<void> {
    await ask("sound_test_ring");
  }

  /** Tells one change after the other. A page that is loaded anew in a call says what is so already, and is not heard. */
  #choose(change: Partial<SoundChoice>): Promise<void> {
    const choice = { ...this.#choice, ...change };
    if (NAMES.every((name) => choice[name] === this.#choice[name])) return this.#told;
    this.#choice = choice;
    this.#told = this.#told.then(() => ask<undefined>("sound_choose", { choice }).catch(() => undefined));
    return this.#told;
  }

  #show(view: SoundView): void {
    if (isSystem(view.system)) this.system = view.system;
    this.#events?.devices({ microphones: view.microphones, speakers: view.speakers });
    this.#events?.speaker?.(view.speaker ?? "unknown");
    if (view.microphone !== null) this.#heard(view.microphone);
  }

  #heard(microphone: MicrophoneState): void {
    this.#microphone = microphone;
    this.#events?.microphone(microphone);
  }
}
