/**
 * Keeps the one media connection alive: made after sign-in, replaced at once when it fails, after 5 s when it is
 * merely disconnected, and when the gateway says it no longer has it.
 */
import type { IceServer } from "../generated/IceServer";
import type { MediaPort, MediaState } from "../platform/ports";

const DISCONNECTED_PATIENCE_MS = 5_000;
const CONNECT_PATIENCE_MS = 10_000;
/** The gateway hears of a connection a moment later than the desk. */
const GATEWAY_PATIENCE_MS = 3_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

export interface MediaAnswer {
  media_id: number;
  sdp: string;
}

export class MediaLink {
  readonly #audio: MediaPort;
  readonly #offer: (sdp: string) => Promise<MediaAnswer>;
  #iceServers: IceServer[] = [];
  #state: MediaState = "off";
  #mediaId: number | null = null;
  #reachable = false;
  #gatewayHasIt = false;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #generation = 0;

  constructor(audio: MediaPort, offer: (sdp: string) => Promise<MediaAnswer>) {
    this.#audio = audio;
    this.#offer = offer;
  }

  /** The connection worth keeping when only the socket was lost. */
  mediaId(): number | null {
    return this.#state === "connected" || this.#state === "disconnected" ? this.#mediaId : null;
  }

  /** The socket is open. */
  reachable(iceServers: IceServer[]): void {
    this.#reachable = true;
    this.#iceServers = iceServers;
    if (this.mediaId() === null) this.#connect();
    else this.#checkGateway();
  }

  unreachable(): void {
    this.#reachable = false;
  }

  stop(): void {
    this.#reachable = false;
    this.#generation += 1;
    clearTimeout(this.#timer);
    this.#state = "off";
    this.#mediaId = null;
    this.#attempt = 0;
    this.#audio.disconnect();
  }

  /** What the view says. */
  gatewayHas(connected: boolean): void {
    if (connected === this.#gatewayHasIt) return;
    this.#gatewayHasIt = connected;
    this.#checkGateway();
  }

  changed(state: MediaState): void {
    this.#state = state;
    clearTimeout(this.#timer);
    switch (state) {
      case "connected":
        this.#attempt = 0;
        this.#checkGateway();
        return;
      case "connecting":
        this.#timer = setTimeout(() => this.#connect(), CONNECT_PATIENCE_MS);
        return;
      case "disconnected":
        this.#timer = setTimeout(() => this.#connect(), DISCONNECTED_PATIENCE_MS);
        return;
      case "failed":
        this.#retry();
        return;
      case "off":
        return;
    }
  }

  #checkGateway(): void {
    if (this.#state !== "connected") return;
    clearTimeout(this.#timer);
    if (!this.#gatewayHasIt) this.#timer = setTimeout(() => this.#connect(), GATEWAY_PATIENCE_MS);
  }

  #retry(): void {
    clearTimeout(this.#timer);
    const pause = this.#attempt <= 1 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#attempt - 2));
    this.#timer = setTimeout(() => this.#connect(), pause);
  }

  #connect(): void {
    clearTimeout(this.#timer);
    // Without a socket nothing can be negotiated; `reachable` will come back to this.
    if (!this.#reachable) {
      this.#mediaId = null;
      return;
    }
    this.#attempt += 1;
    this.#mediaId = null;
    this.#generation += 1;
    const generation = this.#generation;
    this.#audio
      .connect(this.#iceServers, async (offer) => {
        const answer = await this.#offer(offer);
        if (generation === this.#generation) this.#mediaId = answer.media_id;
        return answer.sdp;
      })
      .catch(() => {
        if (generation === this.#generation) this.changed("failed");
      });
  }
}
