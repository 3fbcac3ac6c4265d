/** Attention while the desk is not looked at: a flashing title, and a notification where that is permitted. */
import type { NotifierPort } from "../ports";

const FLASH_MS = 1_000;

export class BrowserNotifier implements NotifierPort {
  #timer: ReturnType<typeof setInterval> | null = null;
  #calmTitle = "";
  #shown: Notification | null = null;

  permission(): "granted" | "denied" | "ask" {
    if (!("Notification" in window)) return "denied";
    return Notification.permission === "default" ? "ask" : Notification.permission;
  }

  async ask(): Promise<void> {
    if (this.permission() === "ask") await Notification.requestPermission();
  }

  ring(title: string, body: string): void {
    this.quiet();
    this.#calmTitle = document.title;
    let on = true;
    document.title = title;
    this.#timer = setInterval(() => {
      on = !on;
      document.title = on ? title : this.#calmTitle;
    }, FLASH_MS);
    if (document.visibilityState === "visible" || this.permission() !== "granted") return;
    try {
      this.#shown = new Notification(title, { body, tag: "cordboard-ring", requireInteraction: true });
      this.#shown.onclick = () => {
        window.focus();
        this.#shown?.close();
      };
    } catch {
      // Chrome on Android only allows notifications from a service worker; the title still flashes.
    }
  }

  quiet(): void {
    if (this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
      document.title = this.#calmTitle;
    }
    this.#shown?.close();
    this.#shown = null;
  }
}
