/** The cardboard centre's one agent: what the commands do to the view. */
import type { CallView } from "../src/generated/CallView";
import type { ClientMessage } from "../src/generated/ClientMessage";
import type { Command } from "../src/generated/Command";
import type { DeskView } from "../src/generated/DeskView";
import type { GatewayMessage } from "../src/generated/GatewayMessage";
import type { NoticeCode } from "../src/generated/NoticeCode";

const WRAP_UP_MS = 30_000;
const RING_MS = 25_000;

function fresh(): DeskView {
  return {
    agent: {
      user_id: "alice@demo",
      display_name: "Alice",
      extension: "80000001",
      presence: { type: "break", code: "Warm-up" },
      activity: "idle",
      since_ms: Date.now(),
      next_presence: null,
      groups: [
        { skill_group_id: "sales@demo", display_name: "sales", level: 1, waiting: 2 },
        { skill_group_id: "support@demo", display_name: "support", level: 3, waiting: 0 },
      ],
      media_connected: false,
      quality: null,
    },
    calls: [],
    wrap_up: null,
    notices: [],
    centre: {
      instance: "demo",
      break_codes: ["Lunch", "Meeting", "Training"],
      pop_home_url: "/crm",
      demo: true,
      trunk_up: true,
      may_hang_up_inbound: true,
    },
  };
}

export class MockCentre {
  #view = fresh();
  #seq = 0;
  #calls = 0;
  #send: ((message: GatewayMessage) => void) | null = null;
  #close: (() => void) | null = null;
  #english = false;
  #timers: NodeJS.Timeout[] = [];

  signIn() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#view = fresh();
  }

  deskOpened(send: (message: GatewayMessage) => void, close: () => void) {
    this.#send = send;
    this.#close = close;
  }

  farEndAnswered({ id, sdp }: { id: number; sdp: string }) {
    this.#send?.({ type: "media_answer", id, media_id: id, sdp });
    this.#change((view) => (view.agent.media_connected = true));
  }

  said(message: ClientMessage) {
    switch (message.type) {
      case "hello":
        this.#english = message.locale === "en";
        this.#send?.({ type: "welcome", protocol: 1, gateway: "mock", ice_servers: [], heartbeat_ms: 15_000 });
        this.#change((view) => (view.agent.media_connected = message.media_id !== null));
        return;
      case "resend":
        this.#show();
        return;
      case "quality":
      case "media_offer":
      case "path_check":
        return;
      case "command":
        this.#command(message.id, message.command);
        return;
    }
  }

  /** What a screenshot or a test wants to happen from outside. */
  control(wish: { act: string; code?: NoticeCode; caller?: string }) {
    const call = this.#view.calls[0];
    switch (wish.act) {
      case "ring":
        this.#ring(wish.caller ?? "13800138000");
        return;
      case "hang_up":
        if (call !== undefined) this.#end(call, "customer");
        return;
      case "notice":
        this.#notice(wish.code ?? "ring_timed_out");
        return;
      case "poor":
        this.#change((view) => {
          if (view.agent.quality !== null) view.agent.quality.level = "poor";
        });
        return;
      case "drop":
        this.#close?.();
        return;
      case "taken_over":
        this.#send?.({
          type: "bye",
          code: "taken_over",
          message: this.#say("同一账号已在另一处打开工作台。", "The same user has opened the desk somewhere else."),
        });
        return;
    }
  }

  #say(chinese: string, english: string) {
    return this.#english ? english : chinese;
  }

  #show() {
    this.#send?.({ type: "view", seq: this.#seq, now_ms: Date.now(), view: this.#view });
  }

  #change(change: (view: DeskView) => void) {
    const view = structuredClone(this.#view);
    change(view);
    this.#view = view;
    this.#seq += 1;
    this.#show();
  }

  #later(ms: number, what: () => void) {
    this.#timers.push(setTimeout(what, ms));
  }

  #command(id: number, command: Command) {
    const refused = this.#refusal(command);
    if (refused !== null) {
      this.#send?.({ type: "refused", id, refusal: { code: "bad_number", message: refused, reference: `R-${1000 + id}` } });
      return;
    }
    this.#send?.({ type: "accepted", id, call_id: null });
    this.#act(command);
  }

  #refusal(command: Command): string | null {
    if (command.type === "dial" && !/^\+?\d{3,}$/.test(command.callee)) {
      return this.#say(
        "该号码无法拨打。请使用数字,必要时以 + 或 0 开头。",
        "That is not a telephone number that can be dialled. Use digits, with + or a leading 0 if needed.",
      );
    }
    return null;
  }

  #act(command: Command) {
    const call = this.#view.calls[0];
    switch (command.type) {
      case "ready":
      case "break":
        this.#change((view) => {
          const wish = command.type === "ready" ? ({ type: "ready" } as const) : ({ type: "break", code: command.code } as const);
          if (view.calls.length > 0) {
            view.agent.next_presence = wish;
            return;
          }
          view.agent.presence = wish;
          view.agent.activity = "idle";
          view.agent.since_ms = Date.now();
          view.wrap_up = null;
        });
        return;
      case "sign_out":
        this.#change((view) => (view.agent.presence = { type: "offline" }));
        return;
      case "answer":
        this.#phase("talking");
        return;
      case "decline":
        this.#change((view) => {
          view.calls = [];
          view.agent.activity = "idle";
          view.agent.presence = { type: "break", code: "RejectCall" };
          view.agent.since_ms = Date.now();
        });
        return;
      case "hang_up":
        if (call !== undefined) this.#end(call, "agent");
        return;
      case "hold":
        this.#phase("held");
        return;
      case "retrieve":
        this.#phase("talking");
        return;
      case "mute":
        this.#change((view) => view.calls.forEach((each) => (each.muted = command.muted)));
        return;
      case "dial":
        this.#dial(command.callee, command.caller ?? "02165001000");
        return;
      case "keep_wrap_up":
        this.#change((view) => {
          if (view.wrap_up !== null) view.wrap_up.ends_ms = null;
        });
        return;
      case "dismiss_notice":
        this.#change((view) => (view.notices = view.notices.filter((notice) => notice.notice_id !== command.notice_id)));
        return;
      case "customer_calls":
        this.#later(400, () => this.#ring("13800138000"));
        return;
      case "digits":
        return;
    }
  }

  #blank(): CallView {
    this.#calls += 1;
    const now = Date.now();
    return {
      call_id: `job-7f0c51e2-94d1-4c1b-9c7e-${String(this.#calls).padStart(12, "0")}`,
      direction: "inbound",
      phase: "ringing",
      caller: "",
      called: "",
      city: this.#say("北京", "Beijing"),
      queue: null,
      waited_ms: null,
      keys: "",
      last_contact_ms: null,
      started_ms: now,
      phase_ms: now,
      ring_ends_ms: null,
      answered_ms: null,
      muted: false,
      held_by_far_side: false,
      recorded: false,
      sound_trouble: null,
      pop_url: null,
    };
  }

  #ring(caller: string) {
    const call: CallView = {
      ...this.#blank(),
      caller,
      called: "02165001000",
      queue: "sales",
      waited_ms: 18_400,
      keys: "1",
      last_contact_ms: Date.now() - 26 * 3_600_000,
      ring_ends_ms: Date.now() + RING_MS,
    };
    call.pop_url = `/crm?${new URLSearchParams({ callNumber: caller, calledNumber: call.called, callType: "inbound", contactId: call.call_id }).toString()}`;
    this.#change((view) => {
      view.calls = [call];
      view.agent.activity = "ringing";
    });
  }

  #dial(callee: string, caller: string) {
    const call: CallView = { ...this.#blank(), direction: "outbound", phase: "dialing", caller, called: callee };
    call.pop_url = `/crm?${new URLSearchParams({ callNumber: caller, calledNumber: callee, callType: "outbound", contactId: call.call_id }).toString()}`;
    this.#change((view) => {
      view.calls = [call];
      view.agent.activity = "dialing";
      view.wrap_up = null;
    });
    this.#later(1_200, () => this.#phase("alerting", call.call_id));
    this.#later(6_000, () => this.#phase("talking", call.call_id));
  }

  #phase(phase: CallView["phase"], only?: string) {
    this.#change((view) => {
      const call = view.calls[0];
      if (call === undefined || (only !== undefined && call.call_id !== only)) return;
      call.phase = phase;
      call.phase_ms = Date.now();
      if (phase !== "talking" && phase !== "held") return;
      call.answered_ms ??= Date.now();
      call.ring_ends_ms = null;
      call.recorded = phase === "talking";
      view.agent.activity = "talking";
      view.agent.quality = {
        level: "good",
        round_trip_ms: 12,
        jitter_up_ms: 1.8,
        lost_up_percent: 0,
        lost_down_percent: 0.1,
        codec_down: "pcma",
        codec_up: "opus",
        codec_trunk: "pcma",
        concealed_percent: 0.2,
        buffer_ms: 38,
        rating_down: 91,
        rating_up: 92,
      };
    });
  }

  #end(call: CallView, by: "agent" | "customer") {
    this.#change((view) => {
      view.calls = [];
      view.agent.quality = null;
      view.agent.activity = "wrap_up";
      view.agent.since_ms = Date.now();
      view.agent.presence = view.agent.next_presence ?? { type: "ready" };
      view.agent.next_presence = null;
      view.wrap_up = {
        ends_ms: Date.now() + WRAP_UP_MS,
        call: {
          call_id: call.call_id,
          direction: call.direction,
          caller: call.caller,
          called: call.called,
          talked_ms: call.answered_ms === null ? 0 : Date.now() - call.answered_ms,
          cause: "completed",
          by,
          sip_status: 200,
          sentence: this.#say("通话已正常结束。", "The call ended normally."),
        },
      };
    });
    this.#later(WRAP_UP_MS, () =>
      this.#change((view) => {
        if (view.wrap_up?.ends_ms == null || view.wrap_up.call.call_id !== call.call_id) return;
        view.wrap_up = null;
        view.agent.activity = "idle";
        view.agent.since_ms = Date.now();
      }),
    );
  }

  #notice(code: NoticeCode) {
    const sentences: Record<NoticeCode, [string, string]> = {
      ring_timed_out: [
        "来自 13800138000 的来电在 25 秒内无人接听,已回到队列;您已被置为小休。",
        "A call from 13800138000 rang for 25 s without an answer and went back to the queue; you are on break.",
      ],
      dial_failed: ["对方忙(486)。请稍后再拨。", "The far side is busy (486). Try again later."],
      call_lost: ["工作台离线过久,通话已结束。", "Your desk was away too long and the call ended."],
      trunk_down: ["与运营商的线路不通。", "The line to the carrier is down."],
      customer_failed: ["演示客户未能呼入。", "The demo customer could not call."],
    };
    this.#change((view) =>
      view.notices.push({
        notice_id: `N-${view.notices.length + 1}-8c41`,
        code,
        message: this.#say(...sentences[code]),
        at_ms: Date.now(),
        call_id: null,
      }),
    );
  }
}
