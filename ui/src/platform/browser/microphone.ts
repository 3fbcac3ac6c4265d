/** The microphone: open only around calls, muted until both talk, replaced when it is unplugged. */
import type { MicrophoneState, MicrophoneWish, SoundDevice } from "../ports";
import { Meter } from "./meter";

export interface MicrophoneEvents {
  state(state: MicrophoneState): void;
  track(track: MediaStreamTrack | null): void;
}

export function whyNot(error: unknown): MicrophoneState {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    default:
      return "busy";
  }
}

async function open(id: string): Promise<MediaStream> {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  if (id !== "") {
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: { ...audio, deviceId: { exact: id } } });
    } catch (error) {
      // The chosen one is unplugged: any microphone is better than none.
      if (whyNot(error) !== "missing") throw error;
    }
  }
  return await navigator.mediaDevices.getUserMedia({ audio });
}

/** `mediaDevices` is absent outside https and loopback, whatever the type says. */
export function devicesReachable(): boolean {
  return (navigator.mediaDevices as MediaDevices | undefined) !== undefined;
}

export class Microphone {
  readonly #events: MicrophoneEvents;
  #stream: MediaStream | null = null;
  #handed: MediaStreamTrack | null = null;
  #meter: Meter | null = null;
  #wish: MicrophoneWish = "closed";
  #trial = false;
  #id = "";
  #openedId = "";
  #settling = false;

  constructor(events: MicrophoneEvents) {
    this.#events = events;
  }

  /** The track that a call may send now. */
  handed(): MediaStreamTrack | null {
    return this.#handed;
  }

  track(): MediaStreamTrack | null {
    return this.#stream?.getAudioTracks()[0] ?? null;
  }

  dbfs(): number {
    return this.#meter?.dbfs() ?? -127;
  }

  async wish(wish: MicrophoneWish): Promise<void> {
    this.#wish = wish;
    // Muting must not wait for anything.
    const track = this.track();
    if (track !== null && !this.#trial) track.enabled = wish === "open";
    await this.#settle();
  }

  async trial(on: boolean): Promise<void> {
    this.#trial = on;
    await this.#settle();
  }

  async choose(id: string): Promise<void> {
    this.#id = id;
    await this.#settle();
  }

  /** Asks once and closes again, unless the browser already said yes. */
  async prepare(): Promise<MicrophoneState> {
    const state = await this.#ask();
    this.#events.state(state);
    return state;
  }

  async #ask(): Promise<MicrophoneState> {
    if (!devicesReachable()) return "insecure";
    try {
      const permission = await navigator.permissions.query({ name: "microphone" });
      permission.onchange = () => void this.prepare();
      if (permission.state === "denied") return "denied";
      if (permission.state === "granted") return (await listed("audioinput")).length > 0 ? "ready" : "missing";
    } catch {
      // This browser cannot be asked about permissions; opening the microphone answers the same.
    }
    try {
      const stream = await open(this.#id);
      for (const track of stream.getTracks()) track.stop();
      return "ready";
    } catch (error) {
      return whyNot(error);
    }
  }

  async #settle(): Promise<void> {
    if (this.#settling) return;
    this.#settling = true;
    try {
      while (await this.#step());
    } finally {
      this.#settling = false;
    }
  }

  /** One step towards what is wished; false when there is nothing left to do. */
  async #step(): Promise<boolean> {
    const wanted = this.#wish !== "closed" || this.#trial;
    if (this.#stream !== null && (!wanted || this.#openedId !== this.#id)) {
      this.#close();
      return true;
    }
    if (this.#stream === null && wanted) return await this.#open();
    const track = this.track();
    if (track !== null) track.enabled = this.#wish === "open" || (this.#trial && this.#wish === "closed");
    this.#hand(this.#wish === "closed" ? null : track);
    return false;
  }

  /** Gives the track to the call; what is only tried out stays here. */
  #hand(track: MediaStreamTrack | null): void {
    if (track === this.#handed) return;
    this.#handed = track;
    this.#events.track(track);
  }

  async #open(): Promise<boolean> {
    if (!devicesReachable()) {
      this.#events.state("insecure");
      return false;
    }
    const id = this.#id;
    try {
      const stream = await open(id);
      this.#stream = stream;
      this.#openedId = id;
      this.#meter = new Meter(stream);
      const track = this.track();
      if (track !== null) {
        track.enabled = false;
        track.onended = () => void this.#lost();
      }
      this.#events.state("ready");
      return true;
    } catch (error) {
      this.#events.state(whyNot(error));
      return false;
    }
  }

  async #lost(): Promise<void> {
    this.#close();
    await this.#settle();
  }

  #close(): void {
    this.#meter?.close();
    this.#meter = null;
    for (const track of this.#stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.#stream = null;
    this.#hand(null);
  }
}

export async function listed(kind: MediaDeviceKind): Promise<SoundDevice[]> {
  if (!devicesReachable()) return [];
  const all = await navigator.mediaDevices.enumerateDevices();
  return all
    .filter((device) => device.kind === kind && device.deviceId !== "default" && device.deviceId !== "communications")
    .map((device) => ({ id: device.deviceId, label: device.label }));
}
