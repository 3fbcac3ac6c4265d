/** The sections about calls: when each was in which phase, and how well it was heard, as a line and in figures. */
import type { Quality } from "../../generated/Quality";
import type { LateCall } from "./calls";
import { escaped, grid, time } from "./html";

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

export function callsSection(calls: readonly LateCall[]): string {
  const rows = calls.map(({ id, direction, phases, over }) => {
    const began = phases[0]?.at ?? over ?? 0;
    const course = phases.map(({ at, phase }, index) => {
      const until = phases[index + 1]?.at ?? over;
      return until === null ? `${phase} still` : `${phase} ${seconds(until - at)}`;
    });
    return [id, direction, time(began), course.join(", "), over === null ? "at the desk" : time(over)];
  });
  return grid(["Call", "Direction", "Began", "Course", "Over"], rows);
}

type Figure = (quality: Quality) => number | null;

/** The figures, each with its unit and whether more of it is worse. */
const FIGURES: readonly [string, string, Figure, boolean][] = [
  ["Rating of what the agent heard (R, 93 is best)", "", (quality) => quality.rating_down, false],
  ["Rating of what the customer heard", "", (quality) => quality.rating_up, false],
  ["Round trip", " ms", (quality) => quality.round_trip_ms, true],
  ["Jitter on the way up", " ms", (quality) => quality.jitter_up_ms, true],
  ["Lost on the way up", " %", (quality) => quality.lost_up_percent, true],
  ["Lost on the way down", " %", (quality) => quality.lost_down_percent, true],
  ["Made up by the desk", " %", (quality) => quality.concealed_percent, true],
  ["Jitter buffer", " ms", (quality) => quality.buffer_ms, true],
];

function figures(heard: LateCall["heard"]): string[][] {
  return FIGURES.flatMap(([name, unit, figure, moreIsWorse]) => {
    const values = heard.map(({ quality }) => figure(quality)).filter((value) => value !== null);
    if (values.length === 0) return [];
    const sorted = values.toSorted((one, other) => (moreIsWorse ? one - other : other - one));
    const said = (value: number | undefined) => `${(value ?? 0).toFixed(1)}${unit}`;
    return [[name, said(sorted[sorted.length >> 1]), said(sorted.at(-1)), said(values.at(-1))]];
  });
}

const [WIDTH, HEIGHT, BEST] = [640, 60, 93.2];

/** The ratings over the call; below the dashed line people complain (R 70, ITU-T G.109). */
function line(heard: LateCall["heard"]): string {
  const [first, last] = [heard[0]?.at ?? 0, heard.at(-1)?.at ?? 0];
  const x = (at: number) => (last === first ? 0 : ((at - first) / (last - first)) * WIDTH).toFixed(1);
  const y = (rating: number) => (HEIGHT - (rating / BEST) * HEIGHT).toFixed(1);
  const path = (look: string, rating: Figure) => {
    const points = heard.flatMap(({ at, quality }) => {
      const value = rating(quality);
      return value === null ? [] : [`${x(at)},${y(value)}`];
    });
    return points.length < 2 ? "" : `<polyline class="${look}" points="${points.join(" ")}"/>`;
  };
  return (
    `<svg viewBox="0 -2 ${WIDTH} ${HEIGHT + 4}" preserveAspectRatio="none" role="img" aria-label="Ratings over the call">` +
    `<line class="limit" x1="0" x2="${WIDTH}" y1="${y(70)}" y2="${y(70)}"/>` +
    `${path("up", (quality) => quality.rating_up)}${path("down", (quality) => quality.rating_down)}</svg>` +
    `<p class="key">Ratings over the call: <b class="down">agent heard</b>, <b class="up">customer heard</b>. The whole height is 0 to 93; under the dashed line (70) people complain.</p>`
  );
}

const codecs = ({ codec_down, codec_up, codec_trunk }: Quality) =>
  `Codecs: to the desk ${codec_down ?? "unknown"}, from the desk ${codec_up ?? "unknown"}, customer ${codec_trunk ?? "unknown"}.`;

export function qualitySection(calls: readonly LateCall[]): string {
  const measured = calls.filter(({ heard }) => heard.length > 0);
  if (measured.length === 0) return "<p>No call was measured.</p>";
  return measured
    .map(({ id, heard }) => {
      const newest = heard.at(-1)?.quality;
      const table = grid(["Figure", "Usual", "Worst", "Last"], figures(heard));
      return `<h3>${escaped(id)}</h3>${line(heard)}${table}<p>${newest === undefined ? "" : codecs(newest)}</p>`;
    })
    .join("");
}
