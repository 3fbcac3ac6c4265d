import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { EMPTY } from "../../desk/state";
import { useDesk } from "../../desk/store";
import { speak } from "../../i18n/i18n";
import type { CallAudioPort, MicrophoneState, Platform, SoundChoice, System } from "../../platform/ports";
import { violations } from "../../test/axe";
import { FakeAudio, FakeHome, WHO, aView } from "../../test/fakes";
import { App } from "../shell/App";

/** The sound of a window: a ringer of its own, cleaning to choose, and a system around it. */
class WindowAudio extends FakeAudio implements CallAudioPort {
  readonly asked: string[] = [];
  state: MicrophoneState = "ready";
  system: System | undefined = "windows";

  override prepare() {
    return Promise.resolve(this.state as "ready");
  }
  override tryOut(on?: boolean) {
    this.asked.push(`try ${String(on)}`);
    return Promise.resolve();
  }
  chooseRinger(id: string) {
    this.asked.push(`ringer ${id}`);
    return Promise.resolve();
  }
  playTestRing() {
    this.asked.push("ring");
    return Promise.resolve();
  }
  clean({ echo, noise, gain }: Pick<SoundChoice, "echo" | "noise" | "gain">) {
    this.asked.push(`clean ${[echo, noise, gain].join()}`);
    return Promise.resolve();
  }
}

let home: FakeHome;
let audio: WindowAudio;

beforeEach(async () => {
  home = new FakeHome();
  audio = new WindowAudio();
  await speak("en");
});
afterEach(() => act(() => useDesk.setState(EMPTY)));

function platform(): Platform {
  return { ...home.platform(), callAudio: audio, media: audio };
}

const problem = () => document.querySelector("[data-problem]");

async function openDesk() {
  home.session = WHO;
  render(<App platform={platform()} />);
  await waitFor(() => expect(home.sockets.opened).toHaveLength(1));
  await act(async () => {
    await Promise.resolve();
    home.sockets.last.welcome();
    home.sockets.last.show(aView());
    await Promise.resolve();
  });
}

describe("sound settings in the window", () => {
  it("choose a ringer, try it, and switch cleaning", async () => {
    await openDesk();
    act(() =>
      audio.events?.devices({
        microphones: [{ id: "in", label: "Headset" }],
        speakers: [
          { id: "out", label: "Headset" },
          { id: "desk", label: "Desk speakers" },
        ],
      }),
    );
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: /^Menu/ }));
    await user.click(screen.getByRole("menuitem", { name: "Sound settings" }));
    expect(audio.asked).toContain("try true");
    await user.selectOptions(screen.getByLabelText("Ringer"), "desk");
    expect(audio.asked).toContain("ringer desk");
    expect(home.preferences.ringer).toBe("desk");
    await user.click(screen.getByRole("button", { name: "Let it ring" }));
    expect(audio.asked).toContain("ring");
    await user.click(screen.getByRole("checkbox", { name: "Lower background noise" }));
    expect(audio.asked).toContain("clean true,false,true");
    expect(home.preferences.noise).toBe(false);
    expect(await violations()).toEqual([]);
    await user.keyboard("{Escape}");
    expect(audio.asked).toContain("try false");
  });

  it.each([
    ["windows", "Let desktop apps access your microphone"],
    ["macos", "System Settings, Privacy & Security"],
    ["linux", "Settings, Privacy, Microphone"],
  ] as const)("names the step that lets the microphone in on %s", async (system, step) => {
    audio.system = system;
    await openDesk();
    act(() => audio.events?.microphone("denied"));
    expect(problem()?.textContent).toContain(step);
    act(() => audio.events?.microphone("ready"));
    expect(problem()).toBeNull();
  });

  it("say that there is no speaker", async () => {
    await openDesk();
    act(() => audio.events?.speaker?.("missing"));
    expect(problem()?.textContent).toContain("No speaker found");
  });
});

describe("before signing in", () => {
  it("the window says why nobody would hear the agent", async () => {
    audio.state = "denied";
    render(<App platform={platform()} />);
    const note = await screen.findByText("The microphone is blocked");
    expect(note.parentElement?.textContent).toContain("Let desktop apps access your microphone");
    expect(await violations()).toEqual([]);
  });

  it("is asked again when the cure has been tried", async () => {
    audio.state = "missing";
    render(<App platform={platform()} />);
    await screen.findByText("No microphone found");
    audio.state = "ready";
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(screen.queryByText("No microphone found")).toBeNull());
  });

  it("a browser says nothing of the kind", async () => {
    render(<App platform={home.platform()} />);
    await screen.findByLabelText("User name");
    expect(screen.queryByText("The microphone is blocked")).toBeNull();
  });
});
