import { beforeEach, describe, expect, it, vi } from "vitest";

import type { SoundChoice } from "../ports";
import { WindowCallAudio } from "./callAudio";

const asked = vi.hoisted(() => [] as SoundChoice[]);
vi.mock("./ask", () => ({
  ask: (_command: string, parameters: { choice: SoundChoice }) => {
    asked.push(parameters.choice);
    return Promise.resolve();
  },
}));

const KEPT: SoundChoice = { microphone: "headset", speaker: "headset", ringer: "desk", echo: true, noise: false, gain: true };

beforeEach(() => {
  asked.length = 0;
});

describe("the window's sound", () => {
  it("leaves the devices alone when a page is loaded anew", async () => {
    const audio = new WindowCallAudio(KEPT);
    await audio.chooseMicrophone("headset");
    await audio.chooseSpeaker("headset");
    await audio.chooseRinger("desk");
    await audio.clean({ echo: true, noise: false, gain: true });
    expect(asked).toEqual([]);
  });

  it("changes one thing at a time, and nothing beside it", async () => {
    const audio = new WindowCallAudio(KEPT);
    await Promise.all([audio.chooseSpeaker("screen"), audio.clean({ echo: false, noise: false, gain: true })]);
    expect(asked).toEqual([
      { ...KEPT, speaker: "screen" },
      { ...KEPT, speaker: "screen", echo: false },
    ]);
  });
});
