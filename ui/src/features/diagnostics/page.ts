/** One HTML file that says how this desk does, opens without a network, and holds nothing secret. */
import type { DeskState } from "../../desk/state";
import type { LateCall } from "./calls";
import { shown, table, time } from "./html";
import { callsSection, qualitySection } from "./sections";
import type { Moment } from "./timeline";

export interface Facts {
  /** UTC milliseconds. */
  at: number;
  instance: string;
  /** Products and versions, by name. */
  versions: Record<string, string>;
  state: DeskState;
  timeline: readonly Moment[];
  calls: readonly LateCall[];
  /** Lines of the program's own log, where the home has one. */
  log: readonly string[];
}

type Row = readonly [string, string];

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
  "body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}" +
  "h1{font-size:1.4rem}h2{font-size:1.05rem;margin-top:2rem}h3{font-size:.9rem;margin:1.2rem 0 .4rem}" +
  "table{border-collapse:collapse;width:100%}thead th{width:auto}.grid{font-size:.8rem}.grid td{white-space:nowrap}.grid td:nth-child(4){white-space:normal}" +
  "th,td{text-align:left;vertical-align:top;padding:.2rem .6rem;border-bottom:1px solid #d8dde3;font-weight:400;font-variant-numeric:tabular-nums}" +
  "th{width:16rem;color:#57606a}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f5f7f9;padding:.8rem;font-size:.8rem}" +
  "svg{display:block;width:100%;height:5rem;background:#f5f7f9}polyline{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}" +
  ".limit{stroke:#b91c1c;stroke-dasharray:4 4}polyline.down{stroke:#1d58c9}polyline.up{stroke:#b45309}" +
  "b.down{color:#1d58c9}b.up{color:#b45309}.key{margin:.2rem 0 .6rem;font-size:.8rem}";

/** Writes the page. */
export function diagnosticsPage(facts: Facts): string {
  const sections: [string, string][] = [
    ["Desk", table(desk(facts))],
    ["Versions", table(Object.entries(facts.versions))],
    ["Calls", callsSection(facts.calls)],
    ["Quality", qualitySection(facts.calls)],
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
