/** Makes a quality report of what WebRTC counts. */
import type { QualityReport } from "../../generated/QualityReport";
import type { SoundLevels } from "../ports";

interface Counts {
  received: number;
  lost: number;
  samples: number;
  concealed: number;
  bufferDelay: number;
  bufferEmitted: number;
  /** Sound energy and the seconds it was gathered over, of the microphone and of what is played. */
  spoken: Energy;
  heard: Energy;
}

interface Energy {
  energy: number;
  seconds: number;
}

const SILENT: Energy = { energy: 0, seconds: 0 };

const NOTHING: Counts = { received: 0, lost: 0, samples: 0, concealed: 0, bufferDelay: 0, bufferEmitted: 0, spoken: SILENT, heard: SILENT };

interface InboundStats extends RTCInboundRtpStreamStats {
  totalSamplesReceived?: number;
  concealedSamples?: number;
  silentConcealedSamples?: number;
  totalAudioEnergy?: number;
  totalSamplesDuration?: number;
}

interface SourceStats extends RTCStats {
  totalAudioEnergy?: number;
  totalSamplesDuration?: number;
}

/** Root mean square since the last report, in dBFS; the level of this instant where energy is not counted. */
function levelOf(before: Energy, now: Energy, instant: number): number {
  const seconds = now.seconds - before.seconds;
  if (seconds <= 0) return instant;
  const square = Math.max(0, now.energy - before.energy) / seconds;
  return square < 1e-12 ? -127 : Math.max(-127, 10 * Math.log10(square));
}

function add(sum: Energy, line: SourceStats): Energy {
  return {
    energy: sum.energy + (line.totalAudioEnergy ?? 0),
    // Two lines play at once; the time they take is that of one.
    seconds: Math.max(sum.seconds, line.totalSamplesDuration ?? 0),
  };
}

function percent(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(100, Math.max(0, (100 * part) / whole));
}

/** Keeps the counts of the last report, because a report is about the time since then. */
export class Statistics {
  #before: Counts = NOTHING;

  report(stats: RTCStatsReport, levels: SoundLevels): QualityReport {
    const now: Counts = { ...NOTHING };
    let jitter = 0;
    let roundTrip = Number.NaN;
    stats.forEach((entry: RTCStats) => {
      if (entry.type === "inbound-rtp") {
        const line = entry as InboundStats;
        now.received += line.packetsReceived ?? 0;
        now.lost += line.packetsLost ?? 0;
        now.samples += line.totalSamplesReceived ?? 0;
        // Silence made up while nothing was sent is no fault.
        now.concealed += (line.concealedSamples ?? 0) - (line.silentConcealedSamples ?? 0);
        now.bufferDelay += line.jitterBufferDelay ?? 0;
        now.bufferEmitted += line.jitterBufferEmittedCount ?? 0;
        now.heard = add(now.heard, line);
        jitter = Math.max(jitter, line.jitter ?? 0);
      } else if (entry.type === "media-source") {
        now.spoken = add(now.spoken, entry);
      } else if (entry.type === "candidate-pair") {
        const pair = entry as RTCIceCandidatePairStats;
        if (pair.nominated === true && pair.currentRoundTripTime !== undefined) roundTrip = pair.currentRoundTripTime;
      }
    });
    const before = this.#before;
    this.#before = now;
    const lost = now.lost - before.lost;
    const emitted = now.bufferEmitted - before.bufferEmitted;
    return {
      round_trip_ms: Number.isNaN(roundTrip) ? null : roundTrip * 1_000,
      jitter_ms: jitter * 1_000,
      received_packets: now.received - before.received,
      lost_down_percent: percent(lost, lost + now.received - before.received),
      concealed_percent: percent(now.concealed - before.concealed, now.samples - before.samples),
      buffer_ms: emitted <= 0 ? 0 : ((now.bufferDelay - before.bufferDelay) / emitted) * 1_000,
      microphone_dbfs: levelOf(before.spoken, now.spoken, levels.microphone_dbfs),
      speaker_dbfs: levelOf(before.heard, now.heard, levels.speaker_dbfs),
    };
  }
}
