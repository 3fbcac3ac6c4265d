import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import { speak } from "../../i18n/i18n";
import { type CheckPort, type CheckReport, type CheckStep, DoorError } from "../../platform/ports";
import { violations } from "../../test/axe";
import { FakeHome } from "../../test/fakes";
import { App } from "../shell/App";
import { CheckDialog } from "./CheckDialog";

const FINE: CheckReport = {
  findings: [],
  echo_delay_ms: 61.7,
  voice_dbfs: -27.4,
  noise_dbfs: -63,
  path: { round_trip_ms: 23.6, jitter_ms: 1.2, lost_up_percent: 0, lost_down_percent: 0 },
};

/** A check whose course the test decides. */
class FakeCheck implements CheckPort {
  runs = 0;
  locale = "";
  tell: (step: CheckStep) => void = () => undefined;
  end: (report: CheckReport) => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  run(locale: string, tell: (step: CheckStep) => void) {
    this.runs += 1;
    this.locale = locale;
    this.tell = tell;
    return new Promise<CheckReport>((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
  }
}

let check: FakeCheck;
beforeEach(async () => {
  check = new FakeCheck();
  await speak("en");
});

const settle = (deed: () => void) =>
  act(async () => {
    deed();
    await Promise.resolve();
  });

describe("the shift check", () => {
  it("says what it does, asks for a few words, and finds nothing", async () => {
    render(<CheckDialog check={check} open onClose={() => undefined} />);
    expect(screen.getByRole("status").textContent).toBe("Opening the devices");
    await settle(() => check.tell("speaking"));
    expect(screen.getByRole("status").textContent).toBe("Please say a few words now");
    expect(await violations()).toEqual([]);
    await settle(() => check.end(FINE));
    expect(screen.getByRole("status").textContent).toContain("All is well");
    expect(screen.getByText("24 ms")).toBeTruthy();
    expect(check.locale).toBe("en");
    expect(await violations()).toEqual([]);
  });

  it("names what is wrong, the worst first, and checks again", async () => {
    render(<CheckDialog check={check} open onClose={() => undefined} />);
    await settle(() =>
      check.end({
        ...FINE,
        path: null,
        findings: [
          { fault: "microphone_muted", severity: "blocking", about: "Headset", message: "It is muted. Unmute it." },
          { fault: "room_noisy", severity: "warning", about: "-35 dBFS", message: "It is noisy. Close the window." },
        ],
      }),
    );
    const items = screen.getAllByRole("listitem");
    expect(items.map((item) => item.dataset.fault)).toEqual(["microphone_muted", "room_noisy"]);
    expect(items[0]?.textContent).toContain("No call can be held");
    expect(items[0]?.textContent).toContain("Unmute it.");
    expect(screen.queryByText("To the gateway and back")).toBeNull();
    expect(await violations()).toEqual([]);
    await userEvent.setup().click(screen.getByRole("button", { name: "Check again" }));
    expect(check.runs).toBe(2);
  });

  it("says why it could not be made", async () => {
    render(<CheckDialog check={check} open onClose={() => undefined} />);
    await settle(() => check.fail(new DoorError("refused", "InCall", "A call is on.", null)));
    expect(screen.getByRole("alert").textContent).toBe("A call is on.");
  });

  it("is offered before sign-in where the home has it", async () => {
    const home = new FakeHome();
    render(<App platform={{ ...home.platform(), check }} />);
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: "Check sound before the shift" }));
    expect(check.runs).toBe(1);
  });
});
