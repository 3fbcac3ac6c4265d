import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import { EMPTY } from "../../desk/state";
import { useDesk } from "../../desk/store";
import type { CustomerPlace, Deed, Platform } from "../../platform/ports";
import { violations } from "../../test/axe";
import { FakeHome, WHO, aCall, aView } from "../../test/fakes";
import { App } from "../shell/App";
import { useDraft } from "../dial/draft";
import { useCompact } from "./useCompact";
import { useCustomerPlace } from "./useCustomerPlace";

/** A home that has what only a window has. */
class FakeWindow extends FakeHome {
  keys: Partial<Record<Deed, string>> = {};
  address = "";
  kept: CustomerPlace = "window";
  refuse: () => void = () => undefined;
  leaving: () => void = () => undefined;
  number: (number: string) => void = () => undefined;

  override platform(): Platform {
    const home = super.platform();
    delete home.media;
    delete home.ringer;
    delete home.notifier;
    delete home.customerPage;
    return {
      ...home,
      gateway: {
        address: () => this.address,
        choose: (address) => {
          this.address = address;
          this.done.push(`gateway ${address}`);
          return Promise.resolve();
        },
      },
      centre: { canStart: () => Promise.resolve(true), start: () => Promise.resolve("http://127.0.0.1:8081") },
      customerWindow: {
        show: () => this.done.push("show customer"),
        place: () => Promise.resolve(this.kept),
        choosePlace: (place) => {
          this.kept = place;
          return Promise.resolve(place);
        },
        onRefused: (say) => {
          this.refuse = say;
          return () => undefined;
        },
      },
      links: {
        onNumber: (take) => {
          this.number = take;
          return () => undefined;
        },
      },
      frame: {
        compact: (on) => {
          this.done.push(`compact ${String(on)}`);
          return Promise.resolve();
        },
        onLeaving: (ask) => {
          this.leaving = ask;
          return () => undefined;
        },
        answerLeaving: (leave) => this.done.push(`leave ${String(leave)}`),
      },
      hotkeys: {
        read: () => Promise.resolve(this.keys),
        choose: (deed, keys) => {
          this.keys = { ...this.keys, [deed]: keys ?? "" };
          return Promise.resolve(this.keys);
        },
      },
      autostart: { read: () => Promise.resolve(false), write: (on) => Promise.resolve(on) },
    };
  }
}

beforeEach(() => {
  useDesk.setState(EMPTY);
  useCompact.setState({ compact: false });
  useCustomerPlace.setState({ place: null });
  useDraft.setState({ callee: "" });
});

async function signedIn(view = aView()): Promise<FakeWindow> {
  const home = new FakeWindow();
  home.session = WHO;
  render(<App platform={home.platform()} />);
  await waitFor(() => expect(home.sockets.opened).toHaveLength(1));
  await act(async () => {
    await Promise.resolve();
    home.sockets.last.welcome();
    home.sockets.last.show(view);
    await Promise.resolve();
  });
  await screen.findByRole("button", { name: /^Menu/ });
  return home;
}

describe("the window's sign-in", () => {
  it("asks for the gateway, or starts one here, and remembers it", async () => {
    const home = new FakeWindow();
    render(<App platform={home.platform()} />);
    const person = userEvent.setup();
    await person.click(await screen.findByRole("button", { name: "Start a centre on this computer" }));
    await screen.findByText(/runs at http:\/\/127.0.0.1:8081/);
    await person.type(screen.getByLabelText("User name"), "alice");
    await person.type(screen.getByLabelText("Password"), "cordboard");
    expect(await violations()).toEqual([]);
    await person.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(home.done).toEqual(["gateway http://127.0.0.1:8081", "sign in alice@demo"]));
  });
});

describe("the desk in a window", () => {
  it("becomes a bar that answers and ends calls, and becomes full again", async () => {
    const home = await signedIn();
    const person = userEvent.setup();
    await person.click(screen.getByRole("button", { name: /^Menu/ }));
    await person.click(await screen.findByRole("menuitem", { name: "Compact bar" }));
    act(() => home.sockets.last.show(aView({ calls: [aCall()] })));
    await person.click(await screen.findByRole("button", { name: "Answer" }));
    act(() => home.sockets.last.show(aView({ calls: [aCall({ phase: "talking", answered_ms: 1 })] })));
    await person.click(await screen.findByRole("button", { name: "Mute" }));
    expect(await violations()).toEqual([]);
    await person.click(screen.getByRole("button", { name: "Hang up" }));
    expect(home.sockets.last.commands().map((command) => command.type)).toEqual(["answer", "mute", "hang_up"]);
    await person.click(screen.getByRole("button", { name: "Full desk" }));
    expect(home.done).toEqual(["compact true", "compact false"]);
  });

  it("fills in a link's number and leaves the dialling to the person", async () => {
    const home = await signedIn();
    act(() => home.number("+862165002000"));
    expect(await screen.findByDisplayValue("+862165002000")).toBeTruthy();
    expect(home.sockets.last.commands()).toEqual([]);
  });

  it("asks before closing ends a call", async () => {
    const home = await signedIn(aView({ calls: [aCall({ phase: "talking", answered_ms: 1 })] }));
    act(() => home.leaving());
    await userEvent.click(await screen.findByRole("button", { name: "Stay in the call" }));
    expect(home.done).toContain("leave false");
  });

  it("lets the person choose keys", async () => {
    const home = await signedIn();
    const person = userEvent.setup();
    await person.click(screen.getByRole("button", { name: /^Menu/ }));
    await person.click(await screen.findByRole("menuitem", { name: "Window settings" }));
    await person.type(await screen.findByLabelText("Answer"), "Ctrl+Alt+A");
    await person.tab();
    await waitFor(() => expect(home.keys.answer).toBe("Ctrl+Alt+A"));
    expect(await violations()).toEqual([]);
  });

  it("lets the person choose the browser for the customer's page", async () => {
    const home = await signedIn();
    const person = userEvent.setup();
    await person.click(screen.getByRole("button", { name: /^Menu/ }));
    await person.click(await screen.findByRole("menuitem", { name: "Window settings" }));
    const own = await screen.findByRole("radio", { name: /own/ });
    await waitFor(() => expect(own).toHaveProperty("checked", true));
    await person.click(screen.getByRole("radio", { name: /browser/ }));
    await waitFor(() => expect(home.kept).toBe("browser"));
    expect(screen.getByRole("radio", { name: /browser/ })).toHaveProperty("checked", true);
    expect(await violations()).toEqual([]);
  });

  it("says once that no browser took the customer's page", async () => {
    const home = await signedIn(aView({ calls: [aCall({ phase: "talking", answered_ms: 1 })] }));
    act(() => home.refuse());
    act(() => home.refuse());
    expect(screen.getAllByText("Browser did not open")).toHaveLength(1);
    expect(screen.getByText(/Set a default browser/)).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it("brings the customer's page back from the menu", async () => {
    const home = await signedIn(aView({ calls: [aCall({ pop_url: "/crm?callNumber=1" })] }));
    const person = userEvent.setup();
    await person.click(screen.getByRole("button", { name: /^Menu/ }));
    await person.click(await screen.findByRole("menuitem", { name: "Show the customer page" }));
    expect(home.done).toContain("show customer");
  });
});
