/**
 * What the desk needs from its home, as narrow as it can be: the browser's side is in `browser/`, the desktop window's
 * in `tauri/`. A home without a capability leaves the port out, and the desk shows what is there.
 */
import type { ClientMessage } from "../generated/ClientMessage";
import type { GatewayMessage } from "../generated/GatewayMessage";
import type { IceServer } from "../generated/IceServer";
import type { Locale } from "../generated/Locale";
import type { QualityReport } from "../generated/QualityReport";
import type { SignInAnswer } from "../generated/SignInAnswer";

export interface SessionPort {
  /** Who is signed in; null: nobody. Rejects with `DoorError` when the gateway cannot be asked. */
  current(): Promise<SignInAnswer | null>;
  signIn(instance: string, login: string, password: string): Promise<SignInAnswer>;
  signOut(): Promise<void>;
}

/** The gateway answered with an error, or could not be reached. */
export class DoorError extends Error {
  readonly kind: "refused" | "unauthorised" | "unreachable";
  readonly code: string;
  readonly reference: string | null;

  constructor(kind: DoorError["kind"], code: string, message: string, reference: string | null) {
    super(message);
    this.name = "DoorError";
    this.kind = kind;
    this.code = code;
    this.reference = reference;
  }
}

export interface OperationsPort {
  /** One of the vendor-shaped operations; resolves to its `Data`. */
  call(action: string, parameters: Record<string, unknown>): Promise<unknown>;
}

export interface SocketHandlers {
  opened(): void;
  message(message: GatewayMessage): void;
  /** The last call, whatever happened. */
  closed(): void;
}

export interface DeskSocket {
  send(message: ClientMessage): void;
  close(): void;
}

export interface SocketPort {
  /** Fetches a ticket and opens the socket. Rejects with `DoorError`. */
  open(handlers: SocketHandlers): Promise<DeskSocket>;
  /** Calls back when the network returns or the page comes back to life. Returns how to stop. */
  onWake(wake: () => void): () => void;
}

/** Why nobody would hear the agent, or why the agent would hear nobody. */
export type MicrophoneState = "unknown" | "ready" | "insecure" | "denied" | "missing" | "busy";
export type MediaState = "off" | "connecting" | "connected" | "disconnected" | "failed";
export type MicrophoneWish = "closed" | "muted" | "open";

export interface SoundDevice {
  id: string;
  label: string;
}

export interface SoundDevices {
  microphones: SoundDevice[];
  /** Empty where the home cannot choose. */
  speakers: SoundDevice[];
}

/** What a person chose of the sound; an empty name follows the system. */
export interface SoundChoice {
  microphone: string;
  speaker: string;
  ringer: string;
  echo: boolean;
  noise: boolean;
  gain: boolean;
}

export type System = "linux" | "macos" | "windows";

export interface SoundLevels {
  microphone_dbfs: number;
  speaker_dbfs: number;
}

export interface SoundEvents {
  media(state: MediaState): void;
  microphone(state: MicrophoneState): void;
  devices(devices: SoundDevices): void;
  /** Where the home knows how the loudspeaker does. */
  speaker?(state: MicrophoneState): void;
  /** The home refuses to play until the person has clicked somewhere. */
  playbackBlocked(blocked: boolean): void;
}

/** The sound as the person meets it: devices, levels, trying them out. */
export interface CallAudioPort {
  start(events: SoundEvents): void;
  /** Asks for the microphone once, so that no question stands between a ring and its answer, and closes it again. */
  prepare(): Promise<MicrophoneState>;
  /** Lets sound play; to be called from a click or key press. */
  unlock(): Promise<void>;
  chooseMicrophone(id: string): Promise<void>;
  chooseSpeaker(id: string): Promise<void>;
  /** Newest levels, −127 for silence. */
  levels(): SoundLevels;
  /** Opens the microphone for the meter, or plays a tone, while the person chooses devices. */
  tryOut(on: boolean): Promise<void>;
  playTestTone(): Promise<void>;
  /** The system around the home, where a trouble is cured in its settings and not in the browser's. */
  readonly system?: System | undefined;
  /** Where the ringer may be a device of its own. */
  chooseRinger?(id: string): Promise<void>;
  playTestRing?(): Promise<void>;
  /** Where the person decides what is done to the microphone's sound. */
  clean?(cleaning: Pick<SoundChoice, "echo" | "noise" | "gain">): Promise<void>;
}

/** The media connection, where the page itself has to keep it. */
export interface MediaPort {
  /** Replaces the media connection. `negotiate` carries the offer and brings the answer. */
  connect(iceServers: IceServer[], negotiate: (offer: string) => Promise<string>): Promise<void>;
  disconnect(): void;
  setMicrophone(wish: MicrophoneWish): void;
  /** What the connection measured since the last call. Null without a connection. */
  measure(): Promise<QualityReport | null>;
}

export interface RingerPort {
  start(): void;
  stop(): void;
}

export interface NotifierPort {
  permission(): "granted" | "denied" | "ask";
  ask(): Promise<void>;
  /** Draws attention while the page is not looked at. */
  ring(title: string, body: string): void;
  quiet(): void;
}

export interface CustomerPagePort {
  /** Opens the tab, empty without an address; only from a click. False: the browser would not. */
  openTab(url?: string): boolean;
  /** Shows a page in the tab that is open. False: there is none, and none may be opened. */
  showInTab(url: string): boolean;
}

export interface Preferences {
  locale: Locale | null;
  theme: "system" | "light" | "dark";
  customerPage: "beside" | "tab";
  microphone: string;
  speaker: string;
  ringer: string;
  echo: boolean;
  noise: boolean;
  gain: boolean;
  lastLogin: string;
  outboundNumber: string;
}

export interface PreferencesPort {
  read(): Preferences;
  write(change: Partial<Preferences>): void;
  /** What this tab remembers across a reload. */
  tabMemory(key: string): string | null;
  rememberInTab(key: string, value: string | null): void;
}

/** Which gateway the desk belongs to, where the page's own address does not say. */
export interface GatewayPort {
  /** As the person typed it; empty before the first time. */
  address(): string;
  choose(address: string): Promise<void>;
}

/** A centre on this very computer. */
export interface CentrePort {
  canStart(): Promise<boolean>;
  /** Starts it, unless it runs, and says where it listens. Rejects with `DoorError`. */
  start(): Promise<string>;
}

export interface RecordingsPort {
  /** Where the player finds a recording that the gateway names like this. */
  source(url: string): string;
}

export type CustomerPlace = "window" | "browser";

/** The customer's page outside of this one: in a window of its own, which follows the calls by itself, or in a browser. */
export interface CustomerWindowPort {
  show(): void;
  place(): Promise<CustomerPlace>;
  choosePlace(place: CustomerPlace): Promise<CustomerPlace>;
  /** Calls back when the browser did not take a page, also when that was before anybody listened. Returns how to stop. */
  onRefused(say: () => void): () => void;
}

/** Telephone links of other programs. */
export interface LinksPort {
  /** Calls back with each number, also with one that came before anybody listened. Returns how to stop. */
  onNumber(take: (number: string) => void): () => void;
}

/** The window around the page. */
export interface FramePort {
  compact(on: boolean): Promise<void>;
  /** Calls back when the person closes the window in a call. Returns how to stop. */
  onLeaving(ask: () => void): () => void;
  answerLeaving(leave: boolean): void;
}

export type Deed = "answer" | "hang_up" | "mute" | "show";

/** Keys that work while another program has the keyboard. */
export interface HotkeysPort {
  read(): Promise<Partial<Record<Deed, string>>>;
  /** Without keys the deed has none. Rejects with `DoorError` when they are taken. */
  choose(deed: Deed, keys: string | null): Promise<Partial<Record<Deed, string>>>;
}

export interface AutostartPort {
  read(): Promise<boolean>;
  write(on: boolean): Promise<boolean>;
}

export type CheckStep = "opening" | "quiet" | "playing" | "ringing" | "speaking";

/** One thing that a shift check found, said in the person's language. */
export interface Finding {
  fault: string;
  severity: "note" | "warning" | "blocking";
  /** A device's name or a figure with its unit; may be empty. */
  about: string;
  message: string;
}

export interface CheckReport {
  /** The worst first; empty: the shift may begin. */
  findings: Finding[];
  echo_delay_ms: number | null;
  voice_dbfs: number | null;
  noise_dbfs: number | null;
  path: {
    round_trip_ms: number | null;
    jitter_ms: number;
    lost_up_percent: number;
    lost_down_percent: number;
  } | null;
}

/** The shift check: devices, network, gateway and trunk in about ten seconds. */
export interface CheckPort {
  /** Calls back with each step as it begins. Rejects with `DoorError`, in a call for one. */
  run(locale: Locale, tell: (step: CheckStep) => void): Promise<CheckReport>;
}

/** A file for the person, and what the program around the page says of itself. */
export interface FilesPort {
  /** Saves and says where. */
  save(name: string, text: string): Promise<string>;
  /** Products and versions, by name. */
  versions(): Promise<Record<string, string>>;
  /** The newest lines of the program's log; empty where there is none. */
  log(): Promise<string[]>;
}

export interface Platform {
  readonly instance: string;
  session: SessionPort;
  sockets: SocketPort;
  operations: OperationsPort;
  preferences: PreferencesPort;
  gateway?: GatewayPort;
  centre?: CentrePort;
  recordings?: RecordingsPort;
  callAudio?: CallAudioPort;
  check?: CheckPort;
  files?: FilesPort;
  media?: MediaPort;
  ringer?: RingerPort;
  notifier?: NotifierPort;
  customerPage?: CustomerPagePort;
  customerWindow?: CustomerWindowPort;
  links?: LinksPort;
  frame?: FramePort;
  hotkeys?: HotkeysPort;
  autostart?: AutostartPort;
}
