/** What the agent hears: the streams of the media connection, on the chosen device. */
import { onBlocked } from "./audioContext";
import { Meter } from "./meter";

interface Sounding {
  element: HTMLAudioElement;
  stream: MediaStream;
}

export class Speaker {
  #sounding: Sounding[] = [];
  #meters: Meter[] = [];
  #measuring = false;
  #sinkId = "";
  #blocked: (blocked: boolean) => void = () => undefined;

  onBlocked(report: (blocked: boolean) => void): void {
    this.#blocked = report;
    onBlocked(report);
  }

  static canChoose(): boolean {
    return "setSinkId" in HTMLMediaElement.prototype;
  }

  play(track: MediaStreamTrack): void {
    const stream = new MediaStream([track]);
    const element = new Audio();
    element.srcObject = stream;
    element.autoplay = true;
    this.#sounding.push({ element, stream });
    void this.#direct(element);
    void this.#start(element);
    if (this.#measuring) this.#meters.push(new Meter(stream));
  }

  async #start(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#blocked(true);
    }
  }

  async #direct(element: HTMLAudioElement): Promise<void> {
    if (!Speaker.canChoose()) return;
    try {
      await element.setSinkId(this.#sinkId);
    } catch {
      // The device is gone; the browser goes on with the default one.
    }
  }

  async choose(sinkId: string): Promise<void> {
    this.#sinkId = sinkId;
    await Promise.all(this.#sounding.map((sounding) => this.#direct(sounding.element)));
  }

  async unlock(): Promise<void> {
    await Promise.all(
      this.#sounding.filter(({ element }) => element.paused).map(({ element }) => this.#start(element)),
    );
  }

  /** Meters cost a running audio graph, so they exist only in calls. */
  measure(on: boolean): void {
    if (on === this.#measuring) return;
    this.#measuring = on;
    for (const meter of this.#meters) meter.close();
    this.#meters = on ? this.#sounding.map(({ stream }) => new Meter(stream)) : [];
  }

  dbfs(): number {
    return this.#meters.reduce((loudest, meter) => Math.max(loudest, meter.dbfs()), -127);
  }

  silence(): void {
    for (const meter of this.#meters) meter.close();
    this.#meters = [];
    for (const { element } of this.#sounding) {
      element.pause();
      element.srcObject = null;
    }
    this.#sounding = [];
  }
}
