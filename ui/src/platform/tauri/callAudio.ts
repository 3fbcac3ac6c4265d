/** The sound in the window: the Rust side has microphone, speaker and connection; the page shows how they are. */
import { listen } from "@tauri-apps/api/event";

import type { CallAudioPort, MediaState, MicrophoneState, SoundEvents, SoundLevels } from "../ports";

interface Sounding {
  media: MediaState;
  microphone: MicrophoneState;
}

export class WindowCallAudio implements CallAudioPort {
  #microphone: MicrophoneState = "unknown";

  start(events: SoundEvents): void {
    void listen<Sounding>("desk-sound", ({ payload }) => {
      this.#microphone = payload.microphone;
      events.media(payload.media);
      events.microphone(payload.microphone);
    });
  }

  prepare(): Promise<MicrophoneState> {
    return Promise.resolve(this.#microphone);
  }

  unlock(): Promise<void> {
    return Promise.resolve();
  }

  chooseMicrophone(): Promise<void> {
    return Promise.resolve();
  }

  chooseSpeaker(): Promise<void> {
    return Promise.resolve();
  }

  levels(): SoundLevels {
    return { microphone_dbfs: -127, speaker_dbfs: -127 };
  }

  tryOut(): Promise<void> {
    return Promise.resolve();
  }

  playTestTone(): Promise<void> {
    return Promise.resolve();
  }
}
