/** The ring and the test tone, computed once; they loop in the audio thread, so a throttled tab rings on. */
import { releaseContext, acquireContext } from "./audioContext";
import type { RingerPort } from "../ports";

const RING_SECONDS = 3;
/** Three struck notes, twice: start in seconds, pitch in hertz. */
const RING: readonly (readonly [number, number])[] = [
  [0, 659.3],
  [0.16, 830.6],
  [0.32, 987.8],
  [0.8, 659.3],
  [0.96, 830.6],
  [1.12, 987.8],
];

function strike(samples: Float32Array, rate: number, at: number, hertz: number, loudness: number): void {
  const first = Math.floor(at * rate);
  const length = Math.floor(0.7 * rate);
  for (let n = 0; n < length && first + n < samples.length; n += 1) {
    const seconds = n / rate;
    const envelope = Math.min(1, seconds / 0.004) * Math.exp(-6 * seconds);
    const turn = 2 * Math.PI * hertz * seconds;
    const wave = Math.sin(turn) + 0.25 * Math.sin(2 * turn) * Math.exp(-9 * seconds);
    samples[first + n] = (samples[first + n] ?? 0) + loudness * envelope * wave;
  }
}

function loop(context: AudioContext): AudioBuffer {
  const buffer = context.createBuffer(1, RING_SECONDS * context.sampleRate, context.sampleRate);
  const samples = buffer.getChannelData(0);
  for (const [at, hertz] of RING) strike(samples, context.sampleRate, at, hertz, 0.28);
  return buffer;
}

export class BrowserRinger implements RingerPort {
  #playing: AudioBufferSourceNode | null = null;
  #buffer: AudioBuffer | null = null;

  start(): void {
    if (this.#playing !== null) return;
    const context = acquireContext();
    if (context === null) return;
    this.#buffer ??= loop(context);
    const source = new AudioBufferSourceNode(context, { buffer: this.#buffer, loop: true });
    source.connect(context.destination);
    source.start();
    this.#playing = source;
  }

  stop(): void {
    if (this.#playing === null) return;
    this.#playing.stop();
    this.#playing.disconnect();
    this.#playing = null;
    releaseContext();
  }
}

export function playTestTone(): Promise<void> {
  const context = acquireContext();
  if (context === null) return Promise.resolve();
  const buffer = context.createBuffer(1, Math.floor(1.2 * context.sampleRate), context.sampleRate);
  for (const [at, hertz] of [[0, 523.3], [0.25, 659.3], [0.5, 784]] as const) {
    strike(buffer.getChannelData(0), context.sampleRate, at, hertz, 0.3);
  }
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  return new Promise((resolve) => {
    source.onended = () => {
      releaseContext();
      resolve();
    };
    source.start();
  });
}
