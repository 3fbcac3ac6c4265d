/** Measures how loud a stream is. */
import { levelOf, releaseContext, acquireContext } from "./audioContext";

const WINDOW = 1024;

export class Meter {
  readonly #source: MediaStreamAudioSourceNode | null;
  readonly #analyser: AnalyserNode | null;
  readonly #scratch = new Float32Array(WINDOW);

  constructor(stream: MediaStream) {
    const context = acquireContext();
    if (context === null) {
      this.#source = null;
      this.#analyser = null;
      return;
    }
    this.#source = context.createMediaStreamSource(stream);
    this.#analyser = new AnalyserNode(context, { fftSize: WINDOW });
    this.#source.connect(this.#analyser);
  }

  dbfs(): number {
    return this.#analyser === null ? -127 : levelOf(this.#analyser, this.#scratch);
  }

  close(): void {
    if (this.#source === null) return;
    this.#source.disconnect();
    this.#analyser?.disconnect();
    releaseContext();
  }
}
