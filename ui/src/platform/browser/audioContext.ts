/** The page's one AudioContext: for ring, meters and test tone. It runs only while somebody uses it. */

let context: AudioContext | null = null;
let users = 0;
let reportBlocked: (blocked: boolean) => void = () => undefined;

/** Not every browser's context can be sent to a chosen device. */
interface WithSink {
  setSinkId(id: string): Promise<void>;
}

function canChoose(target: object): target is WithSink {
  return "setSinkId" in target;
}

export function onBlocked(report: (blocked: boolean) => void): void {
  reportBlocked = report;
}

/** The context, running as soon as the browser lets it; null where there is no Web Audio. */
export function acquireContext(): AudioContext | null {
  if (typeof AudioContext === "undefined") return null;
  users += 1;
  context ??= new AudioContext({ latencyHint: "interactive" });
  void start();
  return context;
}

export function releaseContext(): void {
  users = Math.max(0, users - 1);
  if (users === 0 && context?.state === "running") void context.suspend();
}

async function start(): Promise<void> {
  if (context === null || context.state === "running") return;
  // A browser that waits for a click leaves this promise pending instead of rejecting it.
  const timer = setTimeout(() => reportBlocked(context?.state === "suspended" && users > 0), 300);
  try {
    await context.resume();
    reportBlocked(false);
  } catch {
    reportBlocked(true);
  } finally {
    clearTimeout(timer);
  }
}

/** From a click: after this, sound may start whenever it is needed. */
export async function unlockContext(): Promise<void> {
  if (acquireContext() === null) return;
  await start();
  releaseContext();
}

export async function sendContextTo(sinkId: string): Promise<void> {
  try {
    if (context !== null && canChoose(context)) await context.setSinkId(sinkId);
  } catch {
    // The device is gone; the context goes on with the default one.
  }
}

/** Root mean square of what an analyser hears now, in dBFS; −127 is silence. */
export function levelOf(analyser: AnalyserNode, scratch: Float32Array<ArrayBuffer>): number {
  analyser.getFloatTimeDomainData(scratch);
  let sum = 0;
  for (const sample of scratch) sum += sample * sample;
  const rms = Math.sqrt(sum / scratch.length);
  return rms < 1e-6 ? -127 : Math.max(-127, 20 * Math.log10(rms));
}
