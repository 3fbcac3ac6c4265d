/** A signed-in desk: joins socket, sound, ring, notifications and customer page. Lives as long as the sign-in. */
import i18n from "i18next";

import type { CallView } from "../generated/CallView";
import type { Command } from "../generated/Command";
import type { Locale } from "../generated/Locale";
import type { Platform } from "../platform/ports";
import { Connection } from "./connection";
import { MediaLink } from "./mediaLink";
import { customerOf } from "./scene";
import { type DeskState, mainCall } from "./state";
import { useDesk } from "./store";
import { ringingCall, safeUrl, soundMatters, wantedMicrophone, wantedPop } from "./wishes";

const MEASURE_MS = 1_000;
/** A ring outlives a short loss of the gateway, not a long one: the call may be elsewhere by then. */
const RING_GRACE_MS = 5_000;
const MINE = "desk";
const POPPED = "popped";

export class Desk {
  readonly #platform: Platform;
  readonly #connection: Connection;
  readonly #media: MediaLink | null;
  readonly #unsubscribe: () => void;
  #ringing: string | null = null;
  #measuring: ReturnType<typeof setInterval> | null = null;
  #refusals = 0;
  #tabIsBlank = false;
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(platform: Platform, sessionEnded: (message: string | null) => void) {
    this.#platform = platform;
    const { apply } = useDesk.getState();
    const { callAudio: audio, media } = platform;
    this.#connection = new Connection(
      platform.sockets,
      {
        emit: (event) => {
          apply(event);
          if (event.type === "link_changed" && event.link.phase !== "open") this.#media?.unreachable();
        },
        welcomed: (iceServers) => {
          platform.preferences.rememberInTab(MINE, "held");
          this.#media?.reachable(iceServers);
        },
        sessionEnded: (message) => {
          this.stop();
          sessionEnded(message);
        },
      },
      { locale: () => i18n.language as Locale, mediaId: () => this.#media?.mediaId() ?? null },
    );
    this.#media = media === undefined ? null : new MediaLink(media, (sdp) => this.#connection.offerMedia(sdp));
    audio?.start({
      media: (state) => {
        apply({ type: "sound_changed", change: { media: state } });
        this.#media?.changed(state);
      },
      microphone: (state) => apply({ type: "sound_changed", change: { microphone: state } }),
      speaker: (state) => apply({ type: "sound_changed", change: { speaker: state } }),
      devices: (devices) => apply({ type: "sound_changed", change: { devices } }),
      playbackBlocked: (blocked) => apply({ type: "sound_changed", change: { playbackBlocked: blocked } }),
    });
    this.#unsubscribe = useDesk.subscribe((state, before) => {
      if (state.view !== before.view || state.link !== before.link) this.#follow(state, before);
    });
  }

  /** `byClick`: the person has just signed in, as against a page that was opened or reloaded. */
  start(byClick: boolean): void {
    const { preferences, callAudio } = this.#platform;
    this.#tabIsBlank = byClick;
    const chosen = preferences.read();
    void callAudio?.chooseMicrophone(chosen.microphone);
    void callAudio?.chooseSpeaker(chosen.speaker);
    void callAudio?.chooseRinger?.(chosen.ringer);
    void callAudio?.clean?.({ echo: chosen.echo, noise: chosen.noise, gain: chosen.gain });
    void callAudio?.prepare();
    this.#connection.start(!byClick && preferences.tabMemory(MINE) !== null);
  }

  stop(): void {
    this.#unsubscribe();
    this.#connection.stop();
    clearTimeout(this.#grace);
    this.#leave();
    useDesk.getState().apply({ type: "signed_out" });
  }

  takeOver(): void {
    this.#connection.takeOver();
  }

  /** The sentences of the view come in the language said at hello. */
  languageChanged(): void {
    this.#connection.reopen();
  }

  /** Sends a command, or says at once why it cannot be sent. */
  act(command: Command): void {
    // The second of two quick clicks would only be refused.
    const text = JSON.stringify(command);
    const repeatable = command.type === "digits" || command.type === "customer_calls";
    const { pending } = useDesk.getState();
    if (!repeatable && Object.values(pending).some((asked) => JSON.stringify(asked) === text)) return;
    if (this.#connection.send(command) !== null) return;
    this.#refusals += 1;
    useDesk.getState().apply({
      type: "command_refused_here",
      refused: {
        kind: "refused",
        key: `here-${this.#refusals}`,
        command: command.type,
        refusal: { code: "unavailable", message: i18n.t("errors.notConnected"), reference: "" },
        at: Date.now() + useDesk.getState().skewMs,
      },
    });
  }

  #follow(state: DeskState, before: DeskState): void {
    const { view, link } = state;
    if (link.phase === "stopped") {
      this.#leave();
      return;
    }
    if (link.phase !== before.link.phase) this.#watchRing(link.phase === "open");
    if (view === null) return;
    this.#media?.gatewayHas(view.agent.media_connected);
    this.#platform.media?.setMicrophone(wantedMicrophone(view));
    if (view !== before.view) this.#ring(ringingCall(view));
    this.#pop(state);
    this.#measure(soundMatters(view));
    const talked = mainCall(before.view);
    if (talked !== null && mainCall(view) === null) this.#platform.preferences.rememberInTab(POPPED, null);
  }

  /** The desk is somewhere else now: nothing may be heard or said here. */
  #leave(): void {
    this.#media?.stop();
    this.#platform.media?.setMicrophone("closed");
    this.#ring(null);
    this.#measure(false);
    this.#platform.preferences.rememberInTab(MINE, null);
  }

  #watchRing(open: boolean): void {
    clearTimeout(this.#grace);
    if (!open) this.#grace = setTimeout(() => this.#ring(null), RING_GRACE_MS);
  }

  #ring(call: CallView | null): void {
    if ((call?.call_id ?? null) === this.#ringing) return;
    this.#ringing = call?.call_id ?? null;
    const { ringer, notifier } = this.#platform;
    if (call === null) {
      ringer?.stop();
      notifier?.quiet();
      return;
    }
    ringer?.start();
    const where = [call.city, call.queue].filter((part) => part !== null).join(" · ");
    notifier?.ring(i18n.t("ring.title", { number: customerOf(call) }), where);
  }

  #pop(state: DeskState): void {
    const { customerPage, preferences } = this.#platform;
    if (customerPage === undefined || preferences.read().customerPage !== "tab") return;
    const pop = wantedPop(state.view);
    if (pop === null) {
      this.#fillBlankTab(state);
      return;
    }
    this.#tabIsBlank = false;
    // A reload must not take away what the agent has typed into the page since.
    if (preferences.tabMemory(POPPED) === pop.callId) return;
    preferences.rememberInTab(POPPED, pop.callId);
    const lost = !customerPage.showInTab(pop.url);
    useDesk.getState().apply({ type: "customer_tab_changed", lost });
  }

  /** The tab opened by the sign-in click waits for the first view to learn where the customer page is. */
  #fillBlankTab(state: DeskState): void {
    const home = safeUrl(state.view?.centre.pop_home_url ?? null);
    if (!this.#tabIsBlank || home === null) return;
    this.#tabIsBlank = false;
    this.#platform.customerPage?.showInTab(home);
  }

  #measure(on: boolean): void {
    const { media } = this.#platform;
    if (media === undefined || on === (this.#measuring !== null)) return;
    if (this.#measuring !== null) {
      clearInterval(this.#measuring);
      this.#measuring = null;
      return;
    }
    this.#measuring = setInterval(() => {
      void media.measure().then((report) => {
        if (report !== null) this.#connection.report(report);
      });
    }, MEASURE_MS);
  }
}
