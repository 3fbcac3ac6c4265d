/** One HTML file that says how this desk does, opens without a network, and holds nothing secret. */
import type { DeskState } from "../../desk/state";
import { redacted } from "./redact";
import type { Moment } from "./timeline";

export interface Facts {
  /** UTC milliseconds. */
  at: number;
  instance: string;
  /** Products and versions, by name. */
  versions: Record<string, string>;
  state: DeskState;
  timeline: readonly Moment[];
  /** Lines of the program's own log, where the home has one. */
  log: readonly string[];
}

type Row = readonly [string, string];

const time = (at: number) => new Date(at).toISOString();

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const shown = (text: string) => escaped(redacted(text));

function table(rows: readonly Row[]): string {
  if (rows.length === 0) return "<p>Nothing.</p>";
  return `<table>${rows.map(([name, value]) => `<tr><th scope="row">${shown(name)}</th><td>${shown(value)}</td></tr>`).join("")}</table>`;
}

function desk({ state, at, instance }: Facts): Row[] {
  const agent = state.view?.agent;
  return [
    ["Written", time(at)],
    ["Instance", instance],
    ["Gateway", state.link.phase],
    ["Clock against the gateway's, ms", String(Math.round(state.skewMs))],
    ["Presence", agent?.presence.type ?? "unknown"],
    ["Activity", agent?.activity ?? "unknown"],
    ["Line to the carrier", state.view === null ? "unknown" : state.view.centre.trunk_up ? "up" : "down"],
  ];
}

function calls({ state }: Facts): Row[] {
  return (state.view?.calls ?? []).map((call) => [
    call.call_id,
    `${call.direction} ${call.phase} since ${time(call.phase_ms)}${call.muted ? ", muted" : ""}${call.sound_trouble === null ? "" : `, ${call.sound_trouble.code}`}`,
  ]);
}

function quality({ state }: Facts): Row[] {
  const found = state.view?.agent.quality ?? null;
  return found === null ? [] : Object.entries(found).map(([name, value]) => [name, JSON.stringify(value)] as const);
}

function devices({ state }: Facts): Row[] {
  const { sound } = state;
  const list = (kind: string, all: readonly { label: string }[]) => all.map(({ label }) => [kind, label] as const);
  return [
    ["Sound path", sound.media],
    ["Microphone", sound.microphone],
    ["Speaker", sound.speaker],
    ...list("a microphone", sound.devices.microphones),
    ...list("a speaker", sound.devices.speakers),
  ];
}

const STYLE =
  "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}" +
  "h1{font-size:1.4rem}h2{font-size:1.05rem;margin-top:2rem}table{border-collapse:collapse;width:100%}" +
  "th,td{text-align:left;vertical-align:top;padding:.2rem .6rem;border-bottom:1px solid #d8dde3;font-weight:400}" +
  "th{width:16rem;color:#57606a}pre{white-space:pre-wrap;background:#f5f7f9;padding:.8rem}";

/** Writes the page. */
export function diagnosticsPage(facts: Facts): string {
  const sections: [string, string][] = [
    ["Desk", table(desk(facts))],
    ["Versions", table(Object.entries(facts.versions))],
    ["Calls", table(calls(facts))],
    ["Quality", table(quality(facts))],
    ["Devices", table(devices(facts))],
    ["Timeline", table(facts.timeline.map(({ at, what }) => [time(at), what] as const))],
    // Redacted as one text, because SDP goes over many lines.
    ["Log", facts.log.length === 0 ? "<p>Nothing.</p>" : `<pre>${shown(facts.log.join("\n"))}</pre>`],
  ];
  const body = sections.map(([title, content]) => `<h2>${title}</h2>${content}`).join("");
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cordboard diagnostics</title>` +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` +
    `<style>${STYLE}</style></head><body><h1>Cordboard diagnostics</h1>` +
    `<p>Passwords, tokens, keys, session descriptions and telephone numbers have been taken out.</p>${body}</body></html>`
  );
}
