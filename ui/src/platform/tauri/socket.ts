/**
 * The desk's socket in the window: the Rust side holds the real one, and this is a page's view of it. It may be closed
 * and opened as often as the page is reloaded; the real one does not notice.
 */
import { Channel } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { ClientMessage } from "../../generated/ClientMessage";
import type { GatewayMessage } from "../../generated/GatewayMessage";
import type { DeskSocket, SocketHandlers, SocketPort } from "../ports";
import { ask } from "./ask";

type Told = { type: "said"; message: GatewayMessage } | { type: "closed" };

class WindowSocket implements DeskSocket {
  readonly #handlers: SocketHandlers;
  readonly #channel = new Channel<Told>();
  #over = false;

  constructor(handlers: SocketHandlers) {
    this.#handlers = handlers;
    this.#channel.onmessage = (told) => {
      if (this.#over) return;
      if (told.type === "said") handlers.message(told.message);
      else this.close();
    };
  }

  send(message: ClientMessage): void {
    if (this.#over) return;
    switch (message.type) {
      case "hello":
        this.#ask("desk_hello", { locale: message.locale, takeOver: message.take_over, channel: this.#channel });
        return;
      case "command":
        this.#ask("desk_command", { id: message.id, command: message.command });
        return;
      case "resend":
        this.#ask("desk_resend");
        return;
      case "media_offer":
      case "path_check":
      case "quality":
        // The sound is the Rust side's own.
        return;
    }
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#handlers.closed();
  }

  #ask(command: string, parameters?: Record<string, unknown>): void {
    ask(command, parameters).catch(() => this.close());
  }
}

export class WindowSockets implements SocketPort {
  open(handlers: SocketHandlers): Promise<DeskSocket> {
    const socket = new WindowSocket(handlers);
    // The socket is handed over first, because the greeting goes over it.
    queueMicrotask(() => queueMicrotask(() => handlers.opened()));
    return Promise.resolve(socket);
  }

  onWake(wake: () => void): () => void {
    const stop = listen("desk-awake", wake);
    return () => void stop.then((unlisten) => unlisten());
  }
}
