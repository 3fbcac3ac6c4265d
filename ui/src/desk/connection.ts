/**
 * The desk's socket kept alive: hello, whole views, commands with ids, silence watched, lost connections made anew.
 *
 * off → connecting → open → (lost) waiting → connecting … ; a `bye` that only the person can cure leads to stopped.
 */
import type { ByeCode } from "../generated/ByeCode";
import type { Command } from "../generated/Command";
import type { GatewayMessage } from "../generated/GatewayMessage";
import type { IceServer } from "../generated/IceServer";
import type { Locale } from "../generated/Locale";
import type { QualityReport } from "../generated/QualityReport";
import { DoorError, type DeskSocket, type SocketPort } from "../platform/ports";
import type { DeskEvent, Link } from "./state";

export const PROTOCOL = 1;
export const CLIENT = "cordboard-ui/0.1.0";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const WELCOME_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 8_000;
/** So long after a loss the gateway may still hold our dead socket, and coming back is no taking over. */
const OWN_GHOST_MS = 30_000;

export interface ConnectionEvents {
  emit(event: DeskEvent): void;
  welcomed(iceServers: IceServer[]): void;
  /** Nobody is signed in any more. */
  sessionEnded(message: string | null): void;
}

export interface ConnectionFacts {
  locale(): Locale;
  /** The media connection that still works from before the socket was lost. */
  mediaId(): number | null;
}

const STABLE_MS = 10_000;

interface Waiter {
  resolve(message: Extract<GatewayMessage, { type: "media_answer" }>): void;
  reject(error: Error): void;
}

export class Connection {
  readonly #sockets: SocketPort;
  readonly #events: ConnectionEvents;
  readonly #facts: ConnectionFacts;
  readonly #random: () => number;
  #link: Link = { phase: "off" };
  #socket: DeskSocket | null = null;
  /** Tells a socket's late words from those of its successor. */
  #generation = 0;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #heartbeatMs = 15_000;
  #nextId = 1;
  #takeOver = false;
  #lostAt: number | null = null;
  #openedAt = 0;
  #waiters = new Map<number, Waiter>();
  #stopWaking: (() => void) | null = null;

  constructor(
    sockets: SocketPort,
    events: ConnectionEvents,
    facts: ConnectionFacts,
    random: () => number = Math.random,
  ) {
    this.#sockets = sockets;
    this.#events = events;
    this.#facts = facts;
    this.#random = random;
  }

  /** `returning`: this page had the desk a moment ago and was reloaded. */
  start(returning: boolean): void {
    this.#stopWaking ??= this.#sockets.onWake(() => this.#wake());
    this.#takeOver = returning;
    this.#attempt = 0;
    this.#connect();
  }

  stop(): void {
    this.#stopWaking?.();
    this.#stopWaking = null;
    this.#drop();
    this.#enter({ phase: "off" });
  }

  /** The person wants the desk here, wherever it is now. */
  takeOver(): void {
    this.start(true);
  }

  /** Says hello again, for instance in another language. */
  reopen(): void {
    if (this.#link.phase === "open") this.start(true);
  }

  /** Returns the command's id, or null while there is no connection. */
  send(command: Command): number | null {
    if (this.#link.phase !== "open" || this.#socket === null) return null;
    const id = this.#nextId++;
    this.#events.emit({ type: "command_sent", id, command });
    this.#socket.send({ type: "command", id, command });
    return id;
  }

  report(report: QualityReport): void {
    if (this.#link.phase === "open") this.#socket?.send({ type: "quality", report });
  }

  /** Carries a media offer; rejects when it is refused, lost or not answered in time. */
  offerMedia(sdp: string): Promise<Extract<GatewayMessage, { type: "media_answer" }>> {
    const socket = this.#socket;
    if (this.#link.phase !== "open" || socket === null) return Promise.reject(new Error("no connection"));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#waiters.delete(id);
        reject(new Error("no answer to the media offer"));
      }, ANSWER_TIMEOUT_MS);
      this.#waiters.set(id, {
        resolve: (answer) => {
          clearTimeout(deadline);
          resolve(answer);
        },
        reject: (error) => {
          clearTimeout(deadline);
          reject(error);
        },
      });
      socket.send({ type: "media_offer", id, sdp });
    });
  }

  #enter(link: Link): void {
    this.#link = link;
    this.#events.emit({ type: "link_changed", link });
  }

  #connect(): void {
    this.#drop();
    this.#attempt += 1;
    this.#enter({ phase: "connecting", attempt: this.#attempt });
    const generation = this.#generation;
    const mine = () => generation === this.#generation;
    this.#timer = setTimeout(() => mine() && this.#lose(), WELCOME_TIMEOUT_MS + ANSWER_TIMEOUT_MS);
    this.#sockets
      .open({
        opened: () => mine() && this.#greet(),
        message: (message) => mine() && this.#receive(message),
        closed: () => mine() && this.#lose(),
      })
      .then(
        (socket) => {
          if (mine()) this.#socket = socket;
          else socket.close();
        },
        (error: unknown) => mine() && this.#failToOpen(error),
      );
  }

  #failToOpen(error: unknown): void {
    if (error instanceof DoorError && error.kind === "unauthorised") {
      this.stop();
      this.#events.sessionEnded(error.message);
      return;
    }
    this.#lose();
  }

  #greet(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lose(), WELCOME_TIMEOUT_MS);
    const ownGhost = this.#lostAt !== null && Date.now() - this.#lostAt < OWN_GHOST_MS;
    this.#socket?.send({
      type: "hello",
      protocol: PROTOCOL,
      client: CLIENT,
      locale: this.#facts.locale(),
      take_over: this.#takeOver || ownGhost,
      media_id: this.#facts.mediaId(),
    });
  }

  #receive(message: GatewayMessage): void {
    this.#watchSilence();
    if (message.type === "bye") {
      this.#bye(message.code, message.message);
      return;
    }
    if (message.type === "media_answer") {
      this.#waiters.get(message.id)?.resolve(message);
      this.#waiters.delete(message.id);
    }
    if (message.type === "refused" && this.#waiters.has(message.id)) {
      this.#waiters.get(message.id)?.reject(new Error(message.refusal.code));
      this.#waiters.delete(message.id);
    }
    if (message.type === "welcome") {
      clearTimeout(this.#timer);
      this.#openedAt = Date.now();
      this.#takeOver = false;
      this.#lostAt = null;
      this.#heartbeatMs = Math.max(1_000, message.heartbeat_ms);
      this.#link = { phase: "open" };
      this.#watchSilence();
    }
    this.#events.emit({ type: "message_received", message, at: Date.now() });
    if (message.type === "welcome") this.#events.welcomed(message.ice_servers);
  }

  /** Browsers hide the gateway's pings from the page, so a silent socket is asked for the view. */
  #watchSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#socket?.send({ type: "resend" });
      this.#silence = setTimeout(() => this.#lose(), this.#heartbeatMs);
    }, this.#heartbeatMs);
  }

  #bye(code: ByeCode, message: string): void {
    switch (code) {
      case "session_ended":
        this.stop();
        this.#events.sessionEnded(message);
        return;
      case "protocol_unsupported":
      case "in_use_elsewhere":
      case "taken_over":
        this.#drop();
        this.#lostAt = null;
        this.#takeOver = false;
        this.#enter({ phase: "stopped", code, message });
        return;
      case "bad_message":
      case "too_fast":
      case "going_away":
        this.#lose();
        return;
    }
  }

  #lose(): void {
    if (this.#link.phase === "open") {
      this.#lostAt = Date.now();
      // A socket that is closed again and again soon after its welcome deserves the longer pauses too.
      if (this.#lostAt - this.#openedAt > STABLE_MS) this.#attempt = 0;
    }
    this.#drop();
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, this.#attempt - 1));
    // A gateway that restarts must not be met by all its desks at once.
    const spread = pause * (0.75 + 0.5 * this.#random());
    this.#enter({ phase: "waiting", attempt: this.#attempt, retryAt: Date.now() + spread });
    this.#timer = setTimeout(() => this.#connect(), spread);
  }

  #wake(): void {
    if (this.#link.phase === "waiting") {
      this.#attempt = 0;
      this.#connect();
    } else if (this.#link.phase === "open") {
      // After sleep the socket may be dead without knowing.
      this.#socket?.send({ type: "resend" });
      clearTimeout(this.#silence);
      this.#silence = setTimeout(() => this.#lose(), Math.min(5_000, this.#heartbeatMs));
    }
  }

  #drop(): void {
    this.#generation += 1;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#socket?.close();
    this.#socket = null;
    for (const waiter of this.#waiters.values()) waiter.reject(new Error("connection lost"));
    this.#waiters.clear();
  }
}
