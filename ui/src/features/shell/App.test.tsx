import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { EMPTY } from "../../desk/state";
import { useDesk } from "../../desk/store";
import type { DeskView } from "../../generated/DeskView";
import { speak } from "../../i18n/i18n";
import { DoorError } from "../../platform/ports";
import { violations } from "../../test/axe";
import { FakeHome, WHO, aCall, aView } from "../../test/fakes";
import { App } from "./App";

let home: FakeHome;

beforeEach(async () => {
  home = new FakeHome();
  await speak("en");
});
afterEach(() => act(() => useDesk.setState(EMPTY)));

const button = (name: string | RegExp) => screen.getByRole("button", { name });

/** A page that was opened with a session. */
async function openDesk(view: DeskView = aView()) {
  home.session = WHO;
  render(<App platform={home.platform()} />);
  await waitFor(() => expect(home.sockets.opened).toHaveLength(1));
  await act(async () => {
    await Promise.resolve();
    home.sockets.last.welcome();
    home.sockets.last.show(view);
    await Promise.resolve();
  });
}

const show = (view: DeskView) => act(() => home.sockets.last.show(view));

describe("signing in", () => {
  async function openDoor() {
    render(<App platform={home.platform()} />);
    await screen.findByLabelText("User name");
    return userEvent.setup();
  }

  it("opens the desk, unlocks sound by the click and asks nobody to take over", async () => {
    const user = await openDoor();
    await user.type(screen.getByLabelText("User name"), "alice");
    await user.type(screen.getByLabelText("Password"), "cordboard");
    await user.click(button("Sign in"));
    await waitFor(() => expect(home.sockets.opened).toHaveLength(1));
    expect(home.done[0]).toBe("sign in alice@demo");
    expect(home.audio.unlocked).toBe(1);
    act(() => home.sockets.last.welcome());
    expect(home.sockets.last.sent[0]).toMatchObject({ type: "hello", take_over: false });
  });

  it("opens the customer page's tab by the same click where that was chosen", async () => {
    const user = await openDoor();
    await user.click(button(/alice/));
    await user.click(screen.getByRole("radio", { name: "In its own tab" }));
    await user.click(button("Sign in"));
    expect(home.done.slice(0, 2)).toEqual(["open tab", "sign in alice@demo"]);
    expect(home.preferences.customerPage).toBe("tab");
    await waitFor(() => expect(home.sockets.opened).toHaveLength(1));
    act(() => home.sockets.last.welcome());
    show(aView());
    show(aView());
    expect(home.done.filter((done) => done.startsWith("show"))).toEqual(["show in tab http://localhost:3000/crm"]);
  });

  it("shows an error as a sentence with its id", async () => {
    home.signInFailure = new DoorError("unauthorised", "Odd", "The moon is full. Wait a day.", "REQ-7");
    const user = await openDoor();
    await user.click(button(/bob/));
    await user.click(button("Sign in"));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The moon is full. Wait a day.");
    expect(alert.textContent).toContain("REQ-7");
  });

  it("works without a mouse and passes axe in both languages", async () => {
    const user = await openDoor();
    expect(await violations()).toEqual([]);
    await user.click(button("中文"));
    expect(await screen.findByLabelText("用户名")).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.type(screen.getByLabelText("用户名"), "alice");
    await user.type(screen.getByLabelText("密码"), "cordboard{Enter}");
    await waitFor(() => expect(home.sockets.opened).toHaveLength(1));
  });
});

describe("a call", () => {
  const talking = aCall({ phase: "talking", answered_ms: 2_000, recorded: true });

  it("rings, is shown with all that is known, and is answered", async () => {
    await openDesk();
    const call = aCall({ keys: "12", last_contact_ms: null });
    show(aView({ calls: [call], agent: { activity: "ringing" } }));
    const stage = screen.getByTestId("stage");
    for (const text of ["Ringing", "Beijing", "02165001000", "sales", "18 s", "1 2", "First call"]) {
      expect(stage.textContent).toContain(text);
    }
    expect(screen.getByTestId("customer-number").textContent).toBe("13800138000");
    expect(screen.getAllByRole("alert").some((alert) => alert.textContent.includes("13800138000"))).toBe(true);
    expect(home.done).toContain("ring");
    expect(home.done).toContain("notify Call from 13800138000");
    expect(home.audio.wishes.at(-1)).toBe("muted");
    await userEvent.click(button("Answer"));
    expect(home.sockets.last.commands()).toEqual([{ type: "answer", call_id: "job-1" }]);
    show(aView({ calls: [talking] }));
    expect(home.done.at(-2)).toBe("stop ringing");
    expect(home.audio.wishes.at(-1)).toBe("open");
  });

  it("says why one of the two does not hear the other, for as long as it is so", async () => {
    await openDesk(aView({ calls: [talking] }));
    const message = "You cannot hear the customer: the carrier sends no sound.";
    const silent = { ...talking, sound_trouble: { code: "nothing_from_customer", message } } as const;
    show(aView({ calls: [silent] }));
    expect(screen.getAllByRole("alert").some((alert) => alert.textContent === message)).toBe(true);
    expect(await violations()).toEqual([]);
    show(aView({ calls: [talking] }));
    expect(screen.queryByText(message)).toBeNull();
  });

  it("keeps the keyboard near when a pressed button goes", async () => {
    await openDesk(aView({ calls: [aCall()] }));
    const answer = button("Answer");
    answer.focus();
    await userEvent.keyboard("{Enter}");
    show(aView({ calls: [talking] }));
    expect(document.activeElement).toBe(screen.getByTestId("stage"));
  });

  it("changes nothing before the gateway says so", async () => {
    await openDesk(aView({ calls: [aCall()] }));
    await userEvent.click(button("Answer"));
    expect(screen.getByTestId("stage").dataset.tone).toBe("ringing");
    expect(home.audio.wishes.at(-1)).toBe("muted");
  });

  it("is held, muted, given keys and hung up", async () => {
    await openDesk(aView({ calls: [talking] }));
    const user = userEvent.setup();
    await user.click(button("Mute"));
    await user.click(button("Hold"));
    await user.click(button("Keypad"));
    await user.keyboard("5#");
    await user.click(within(screen.getByRole("dialog", { name: "Keypad" })).getByRole("button", { name: "7" }));
    await user.keyboard("{Escape}");
    await user.click(button("Hang up"));
    const call_id = "job-1";
    expect(home.sockets.last.commands()).toEqual([
      { type: "mute", call_id, muted: true },
      { type: "hold", call_id },
      { type: "digits", call_id, digits: "5" },
      { type: "digits", call_id, digits: "#" },
      { type: "digits", call_id, digits: "7" },
      { type: "hang_up", call_id },
    ]);
  });

  it("is worked by keyboard alone", async () => {
    await openDesk(aView({ calls: [aCall()] }));
    const user = userEvent.setup();
    await user.keyboard("{Alt>}a{/Alt}");
    show(aView({ calls: [talking] }));
    await user.keyboard("{Alt>}m{/Alt}{Alt>}o{/Alt}{Alt>}h{/Alt}");
    expect(home.sockets.last.commands().map((command) => command.type)).toEqual(["answer", "mute", "hold", "hang_up"]);
  });

  it("goes on over a reload without being answered again", async () => {
    home.memory.set("desk", "held");
    await openDesk(aView({ calls: [talking] }));
    expect(home.sockets.last.sent[0]).toMatchObject({ type: "hello", take_over: true });
    expect(home.audio.connections).toHaveLength(1);
    expect(home.audio.wishes.at(-1)).toBe("open");
    expect(home.sockets.last.commands()).toEqual([]);
    expect(home.done).not.toContain("ring");
  });

  it("cannot be hung up by the agent where the centre forbids it", async () => {
    const { centre } = aView();
    await openDesk(aView({ calls: [talking], centre: { ...centre, may_hang_up_inbound: false } }));
    await userEvent.click(button("Hang up"));
    expect(home.sockets.last.commands()).toEqual([]);
  });
});

describe("the customer page", () => {
  const ringing = aCall({ pop_url: "/crm?callNumber=13800138000" });

  it("follows the call in the panel and stays after it", async () => {
    await openDesk();
    const frame = () => screen.getByTitle<HTMLIFrameElement>("Customer card").src;
    expect(frame()).toBe("http://localhost:3000/crm");
    show(aView({ calls: [ringing] }));
    expect(frame()).toBe("http://localhost:3000/crm?callNumber=13800138000");
    show(aView());
    expect(frame()).toBe("http://localhost:3000/crm?callNumber=13800138000");
  });

  it("is navigated once for each call in its own tab", async () => {
    home.preferences.customerPage = "tab";
    await openDesk();
    show(aView({ calls: [ringing] }));
    show(aView({ calls: [{ ...ringing, phase: "talking" }] }));
    const shown = () => home.done.filter((done) => done.startsWith("show in tab"));
    expect(shown()).toEqual(["show in tab http://localhost:3000/crm?callNumber=13800138000"]);
    show(aView());
    show(aView({ calls: [{ ...ringing, call_id: "job-2" }] }));
    expect(shown()).toHaveLength(2);
  });
});

describe("trouble", () => {
  it("shows the customer page beside the desk when its tab is gone", async () => {
    home.preferences.customerPage = "tab";
    home.tabExists = false;
    await openDesk();
    expect(screen.queryByTitle("Customer card")).toBeNull();
    show(aView({ calls: [aCall({ pop_url: "/crm?callNumber=1" })] }));
    expect(screen.getByTitle<HTMLIFrameElement>("Customer card").src).toContain("/crm?callNumber=1");
    await userEvent.click(button("Open in its own tab"));
    expect(screen.queryByTitle("Customer card")).toBeNull();
  });

  it("sends only one of two quick clicks", async () => {
    await openDesk(aView({ calls: [aCall({ phase: "talking" })] }));
    await userEvent.dblClick(button("Hold"));
    expect(home.sockets.last.commands()).toHaveLength(1);
  });

  it("shows a refusal until it is read", async () => {
    await openDesk();
    await userEvent.click(button("Have a customer call me"));
    const refusal = { code: "only_in_demo" as const, message: "That exists in the demo centre only.", reference: "R-9" };
    act(() => home.sockets.last.say({ type: "refused", id: 1, refusal }));
    show(aView());
    expect(document.body.textContent).toContain("That exists in the demo centre only.");
    expect(document.body.textContent).toContain("R-9");
    await userEvent.click(button("Got it"));
    expect(document.body.textContent).not.toContain("R-9");
  });

  it("dismisses a notice of the gateway by command", async () => {
    const notice = { notice_id: "N-1", code: "dial_failed" as const, message: "Busy.", at_ms: 1_000, call_id: null };
    await openDesk(aView({ notices: [notice] }));
    await userEvent.click(button("Got it"));
    expect(home.sockets.last.commands()).toEqual([{ type: "dismiss_notice", notice_id: "N-1" }]);
  });

  it("says so when a command cannot be sent", async () => {
    await openDesk();
    act(() => home.sockets.last.handlers.closed());
    await userEvent.click(button("Ready"));
    expect(document.body.textContent).toContain("The connection to the gateway is down, so this was not done.");
  });

  it.each([
    ["denied", "The microphone is blocked"],
    ["missing", "No microphone found"],
    ["insecure", "This address cannot use the microphone"],
    ["busy", "The microphone cannot be opened"],
  ] as const)("has a sentence for a microphone that is %s", async (state, title) => {
    await openDesk();
    act(() => home.audio.events?.microphone(state));
    expect(screen.getByRole("heading", { name: title })).toBeTruthy();
  });

  it("offers to take the desk over, and to leave it", async () => {
    await openDesk();
    act(() => home.sockets.last.say({ type: "bye", code: "taken_over", message: "Another desk of yours took over." }));
    expect(screen.getByRole("alertdialog").textContent).toContain("Another desk of yours took over.");
    await userEvent.click(button("Use it here"));
    await waitFor(() => expect(home.sockets.opened).toHaveLength(2));
  });

  it("falls silent when another desk takes over, and does not take it back by a reload", async () => {
    await openDesk(aView({ calls: [aCall({ phase: "talking" })] }));
    expect(home.audio.wishes.at(-1)).toBe("open");
    act(() => home.sockets.last.say({ type: "bye", code: "taken_over", message: "" }));
    expect(home.audio.wishes.at(-1)).toBe("closed");
    expect(home.audio.disconnected).toBe(1);
    expect(home.memory.has("desk")).toBe(false);
  });

  it("rings on over a short loss of the gateway, once", async () => {
    const ringing = aView({ calls: [aCall()] });
    await openDesk(ringing);
    act(() => home.sockets.last.handlers.closed());
    await waitFor(() => expect(home.sockets.opened).toHaveLength(2));
    await act(async () => {
      await Promise.resolve();
      home.sockets.last.welcome();
      home.sockets.last.show(ringing);
    });
    expect(home.done.filter((done) => done === "ring" || done === "stop ringing")).toEqual(["ring"]);
  });

  it("returns to the sign-in page when the session ends", async () => {
    await openDesk();
    act(() => home.sockets.last.say({ type: "bye", code: "session_ended", message: "Your session has ended." }));
    expect(await screen.findByText("Your session has ended.")).toBeTruthy();
    expect(screen.getByLabelText("User name")).toBeTruthy();
  });
});

describe("axe", () => {
  const wrapUp: DeskView["wrap_up"] = {
    ends_ms: 9_000,
    call: { ...aCall(), talked_ms: 9_000, cause: "completed", by: "customer", sip_status: null, sentence: "Over." },
  };
  it.each([
    ["ready", aView()],
    ["break", aView({ agent: { presence: { type: "break", code: "RingingTimeout" } } })],
    ["ringing", aView({ calls: [aCall()] })],
    ["dialing", aView({ calls: [aCall({ phase: "alerting", direction: "outbound" })] })],
    ["talking", aView({ calls: [aCall({ phase: "talking", muted: true })] })],
    ["held", aView({ calls: [aCall({ phase: "held" })] })],
    ["wrap_up", aView({ wrap_up: wrapUp })],
  ] as const)("finds nothing wrong while %s", async (tone, view) => {
    await openDesk(view);
    expect(screen.getByTestId("stage").dataset.tone).toBe(tone);
    expect(await violations()).toEqual([]);
  });

  it.each(["Outbound", "Records", "My work"])("finds nothing wrong on the page %s", async (page) => {
    home.answers.ListRecentCallDetailRecords = {
      List: [{ ContactId: "job-9", ContactType: "Inbound", CallingNumber: "13900139000", ContactDisposition: "Success", StartTime: Date.now(), CallDuration: "12" }],
      TotalCount: 1,
    };
    await openDesk();
    await userEvent.click(button(page));
    expect(await violations()).toEqual([]);
  });

  it("finds nothing wrong with notices and problems", async () => {
    const notice = { notice_id: "N-1", code: "dial_failed" as const, message: "Busy.", at_ms: 1_000, call_id: null };
    await openDesk(aView({ notices: [notice] }));
    act(() => home.audio.events?.microphone("denied"));
    expect(await violations()).toEqual([]);
  });

  it("finds nothing wrong in menu and dialogs", async () => {
    await openDesk();
    const user = userEvent.setup();
    await user.click(button(/^Menu/));
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole("menuitem", { name: "Sound settings" }));
    await screen.findByRole("dialog");
    expect(await violations()).toEqual([]);
  });
});
