/** The desk's socket in a browser: a one-use ticket, then JSON text frames. */
import type { ClientMessage } from "../../generated/ClientMessage";
import type { GatewayMessage } from "../../generated/GatewayMessage";
import type { Ticket } from "../../generated/Ticket";
import type { DeskSocket, SocketHandlers, SocketPort } from "../ports";
import { ask } from "./door";

const OPEN_TIMEOUT_MS = 8_000;

class BrowserSocket implements DeskSocket {
  readonly #socket: WebSocket;

  constructor(url: string, handlers: SocketHandlers) {
    const socket = new WebSocket(url);
    this.#socket = socket;
    const deadline = setTimeout(() => this.close(), OPEN_TIMEOUT_MS);
    let over = false;
    const finish = () => {
      clearTimeout(deadline);
      if (over) return;
      over = true;
      handlers.closed();
    };
    socket.onopen = () => {
      clearTimeout(deadline);
      handlers.opened();
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      const message = parse(event.data);
      if (message !== null && !over) handlers.message(message);
    };
    socket.onclose = finish;
    // A socket whose network has gone may take minutes to report its own close.
    this.close = () => {
      socket.close();
      finish();
    };
  }

  send(message: ClientMessage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close: () => void;
}

function parse(data: unknown): GatewayMessage | null {
  if (typeof data !== "string") return null;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === "object" && message !== null && "type" in message ? (message as GatewayMessage) : null;
  } catch {
    return null;
  }
}

export class BrowserSockets implements SocketPort {
  async open(handlers: SocketHandlers): Promise<DeskSocket> {
    const { ticket } = (await ask("POST", "/api/ticket")) as Ticket;
    const url = new URL("/api/desk", window.location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("ticket", ticket);
    return new BrowserSocket(url.href, handlers);
  }

  onWake(wake: () => void): () => void {
    const visible = () => {
      if (document.visibilityState === "visible") wake();
    };
    window.addEventListener("online", wake);
    window.addEventListener("pageshow", wake);
    document.addEventListener("visibilitychange", visible);
    return () => {
      window.removeEventListener("online", wake);
      window.removeEventListener("pageshow", wake);
      document.removeEventListener("visibilitychange", visible);
    };
  }
}
