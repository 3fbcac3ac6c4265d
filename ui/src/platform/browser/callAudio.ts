/** The browser's sound path, put together: one media connection, one microphone, one speaker. */
import type { IceServer } from "../../generated/IceServer";
import type { QualityReport } from "../../generated/QualityReport";
import type { CallAudioPort, MediaPort, MicrophoneState, MicrophoneWish, SoundEvents, SoundLevels } from "../ports";
import { sendContextTo, unlockContext } from "./audioContext";
import { Microphone, devicesReachable, listed } from "./microphone";
import { Peer } from "./peer";
import { Speaker } from "./speaker";
import { Statistics } from "./statistics";
import { playTestTone } from "./tones";

export class BrowserCallAudio implements CallAudioPort, MediaPort {
  #events: SoundEvents | null = null;
  #peer: Peer | null = null;
  #statistics = new Statistics();
  #speakerId = "";
  readonly #speaker = new Speaker();
  readonly #microphone = new Microphone({
    state: (state) => {
      this.#events?.microphone(state);
      // Labels are only told once the microphone is permitted.
      if (state === "ready") void this.#list();
    },
    track: (track) => void this.#peer?.send(track),
  });

  start(events: SoundEvents): void {
    this.#events = events;
    this.#speaker.onBlocked((blocked) => {
      events.playbackBlocked(blocked);
      if (!blocked) return;
      // Any click or key will do, not only the one on the notice.
      for (const gesture of ["pointerdown", "keydown"] as const) {
        window.addEventListener(gesture, () => void this.unlock(), { once: true });
      }
    });
    if (devicesReachable()) navigator.mediaDevices.ondevicechange = () => void this.#list();
  }

  prepare(): Promise<MicrophoneState> {
    return this.#microphone.prepare();
  }

  async unlock(): Promise<void> {
    await Promise.all([unlockContext(), this.#speaker.unlock()]);
    this.#events?.playbackBlocked(false);
    await sendContextTo(this.#speakerId);
  }

  async connect(iceServers: IceServer[], negotiate: (offer: string) => Promise<string>): Promise<void> {
    this.disconnect();
    if (typeof RTCPeerConnection === "undefined") {
      this.#events?.media("failed");
      return;
    }
    this.#statistics = new Statistics();
    const peer = new Peer(iceServers, {
      state: (state) => this.#events?.media(state),
      track: (track) => this.#speaker.play(track),
    });
    this.#peer = peer;
    this.#events?.media("connecting");
    await peer.send(this.#microphone.handed());
    await peer.negotiate(negotiate);
  }

  disconnect(): void {
    this.#speaker.silence();
    this.#peer?.close();
    this.#peer = null;
  }

  setMicrophone(wish: MicrophoneWish): void {
    this.#speaker.measure(wish !== "closed");
    void this.#microphone.wish(wish);
  }

  async chooseMicrophone(id: string): Promise<void> {
    await this.#microphone.choose(id);
  }

  async chooseSpeaker(id: string): Promise<void> {
    this.#speakerId = id;
    await Promise.all([this.#speaker.choose(id), sendContextTo(id)]);
  }

  levels(): SoundLevels {
    return { microphone_dbfs: this.#microphone.dbfs(), speaker_dbfs: this.#speaker.dbfs() };
  }

  async measure(): Promise<QualityReport | null> {
    if (this.#peer === null) return null;
    const stats = await this.#peer.connection.getStats();
    return this.#statistics.report(stats, this.levels());
  }

  async tryOut(on: boolean): Promise<void> {
    await this.#microphone.trial(on);
  }

  async playTestTone(): Promise<void> {
    await unlockContext();
    await sendContextTo(this.#speakerId);
    await playTestTone();
  }

  async #list(): Promise<void> {
    const [microphones, speakers] = await Promise.all([
      listed("audioinput"),
      Speaker.canChoose() ? listed("audiooutput") : Promise.resolve([]),
    ]);
    this.#events?.devices({ microphones, speakers });
  }
}
