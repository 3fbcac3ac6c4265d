/** A home for the desk made of plain objects: what was asked of it is written down, what it says is said by the test. */
import type { CallView } from "../generated/CallView";
import type { ClientMessage } from "../generated/ClientMessage";
import type { Command } from "../generated/Command";
import type { DeskView } from "../generated/DeskView";
import type { GatewayMessage } from "../generated/GatewayMessage";
import type { SignInAnswer } from "../generated/SignInAnswer";
import type {
  CallAudioPort,
  MediaPort,
  MicrophoneWish,
  Platform,
  Preferences,
  SocketHandlers,
  SocketPort,
  SoundEvents,
} from "../platform/ports";

export const WHO: SignInAnswer = {
  instance: "demo",
  user_id: "alice@demo",
  display_name: "Alice",
  role: "Agent",
  token: null,
  ice_servers: [],
  demo: true,
};

export function aCall(change: Partial<CallView> = {}): CallView {
  return {
    call_id: "job-1",
    direction: "inbound",
    phase: "ringing",
    caller: "13800138000",
    called: "02165001000",
    city: "Beijing",
    queue: "sales",
    waited_ms: 18_000,
    keys: "1",
    last_contact_ms: null,
    started_ms: 1_000,
    phase_ms: 1_000,
    ring_ends_ms: null,
    answered_ms: null,
    muted: false,
    held_by_far_side: false,
    recorded: false,
    sound_trouble: null,
    pop_url: null,
    ...change,
  };
}

export function aView(change: { agent?: Partial<DeskView["agent"]> } & Partial<Omit<DeskView, "agent">> = {}): DeskView {
  const { agent, ...rest } = change;
  return {
    agent: {
      user_id: "alice@demo",
      display_name: "Alice",
      extension: "80000001",
      presence: { type: "ready" },
      activity: "idle",
      since_ms: 1_000,
      next_presence: null,
      groups: [{ skill_group_id: "sales@demo", display_name: "sales", level: 1, waiting: 2 }],
      media_connected: true,
      quality: null,
      ...agent,
    },
    calls: [],
    wrap_up: null,
    notices: [],
    centre: {
      instance: "demo",
      break_codes: ["Lunch"],
      pop_home_url: "/crm",
      demo: true,
      trunk_up: true,
      may_hang_up_inbound: true,
    },
    ...rest,
  };
}

/** The gateway's end of the sockets a desk opens. */
export class FakeSockets implements SocketPort {
  readonly opened: FakeSocket[] = [];
  failure: Error | null = null;
  wake: () => void = () => undefined;

  open(handlers: SocketHandlers) {
    if (this.failure !== null) return Promise.reject(this.failure);
    const socket = new FakeSocket(handlers);
    this.opened.push(socket);
    return Promise.resolve(socket);
  }

  onWake(wake: () => void) {
    this.wake = wake;
    return () => {
      this.wake = () => undefined;
    };
  }

  get last(): FakeSocket {
    const socket = this.opened.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  }
}

export class FakeSocket {
  readonly sent: ClientMessage[] = [];
  closed = false;
  #seq = 0;
  readonly handlers: SocketHandlers;

  constructor(handlers: SocketHandlers) {
    this.handlers = handlers;
  }

  send(message: ClientMessage) {
    this.sent.push(message);
  }

  close() {
    this.closed = true;
  }

  say(message: GatewayMessage) {
    this.handlers.message(message);
  }

  welcome(heartbeat_ms = 5_000) {
    this.handlers.opened();
    this.say({ type: "welcome", protocol: 1, gateway: "fake", ice_servers: [], heartbeat_ms });
  }

  show(view: DeskView, seq?: number) {
    this.#seq = seq ?? this.#seq + 1;
    this.say({ type: "view", seq: this.#seq, now_ms: Date.now(), view });
  }

  commands(): Command[] {
    return this.sent.flatMap((message) => (message.type === "command" ? [message.command] : []));
  }
}

export class FakeAudio implements CallAudioPort, MediaPort {
  events: SoundEvents | null = null;
  readonly wishes: MicrophoneWish[] = [];
  readonly connections: ((offer: string) => Promise<string>)[] = [];
  unlocked = 0;
  disconnected = 0;

  start(events: SoundEvents) {
    this.events = events;
  }
  prepare() {
    return Promise.resolve("ready" as const);
  }
  unlock() {
    this.unlocked += 1;
    return Promise.resolve();
  }
  async connect(_servers: unknown, negotiate: (offer: string) => Promise<string>) {
    this.connections.push(negotiate);
    await negotiate("offer");
  }
  disconnect() {
    this.disconnected += 1;
  }
  setMicrophone(wish: MicrophoneWish) {
    if (this.wishes.at(-1) !== wish) this.wishes.push(wish);
  }
  chooseMicrophone() {
    return Promise.resolve();
  }
  chooseSpeaker() {
    return Promise.resolve();
  }
  levels() {
    return { microphone_dbfs: -40, speaker_dbfs: -30 };
  }
  measure() {
    return Promise.resolve(null);
  }
  tryOut() {
    return Promise.resolve();
  }
  playTestTone() {
    return Promise.resolve();
  }
}

const NO_PREFERENCES: Preferences = {
  locale: "en",
  theme: "light",
  customerPage: "beside",
  microphone: "",
  speaker: "",
  ringer: "",
  echo: true,
  noise: true,
  gain: true,
  lastLogin: "",
  outboundNumber: "",
};

export class FakeHome {
  readonly sockets = new FakeSockets();
  readonly audio = new FakeAudio();
  readonly done: string[] = [];
  readonly operations: { action: string; parameters: Record<string, unknown> }[] = [];
  answers: Record<string, unknown> = {};
  session: SignInAnswer | null = null;
  tabExists = true;
  signInFailure: Error | null = null;
  preferences = { ...NO_PREFERENCES };
  readonly memory = new Map<string, string>();

  platform(): Platform {
    return {
      instance: "demo",
      session: {
        current: () => Promise.resolve(this.session),
        signIn: (instance, login) => {
          this.done.push(`sign in ${login}@${instance}`);
          return this.signInFailure === null ? Promise.resolve(WHO) : Promise.reject(this.signInFailure);
        },
        signOut: () => {
          this.done.push("sign out");
          return Promise.resolve();
        },
      },
      sockets: this.sockets,
      operations: {
        call: (action, parameters) => {
          this.operations.push({ action, parameters });
          return Promise.resolve(this.answers[action] ?? { List: [], TotalCount: 0 });
        },
      },
      preferences: {
        read: () => this.preferences,
        write: (change) => {
          this.preferences = { ...this.preferences, ...change };
        },
        tabMemory: (key) => this.memory.get(key) ?? null,
        rememberInTab: (key, value) => {
          if (value === null) this.memory.delete(key);
          else this.memory.set(key, value);
        },
      },
      callAudio: this.audio,
      media: this.audio,
      ringer: { start: () => this.done.push("ring"), stop: () => this.done.push("stop ringing") },
      notifier: {
        permission: () => "ask",
        ask: () => Promise.resolve(),
        ring: (title) => this.done.push(`notify ${title}`),
        quiet: () => this.done.push("quiet"),
      },
      customerPage: {
        openTab: (url) => this.done.push(`open tab ${url ?? ""}`.trim()) > 0,
        showInTab: (url) => this.done.push(`show in tab ${url}`) > 0 && this.tabExists,
      },
    };
  }
}
