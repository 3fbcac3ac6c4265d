/**
 * Runs in the page before anything else: keeps what the page plays. An `<audio>` element that plays a stream, is not
 * paused and not muted, is heard; everything else is not. The page itself notices nothing.
 */
export const LISTEN = `(${listen.toString()})()`;

function listen() {
  const RECORDER = `
    registerProcessor("ear", class extends AudioWorkletProcessor {
      process([input]) {
        this.port.postMessage(input.length > 0 ? input[0].slice() : new Float32Array(128));
        return true;
      }
    });`;

  const ear = { context: null, node: null, ready: null, kept: [], connections: [], notifications: [], sources: new Map() };
  globalThis.cordboardEar = ear;

  ear.open = async () => {
    ear.context = new AudioContext({ sampleRate: 48_000 });
    await ear.context.audioWorklet.addModule(URL.createObjectURL(new Blob([RECORDER], { type: "text/javascript" })));
    ear.node = new AudioWorkletNode(ear.context, "ear");
    ear.node.port.onmessage = ({ data }) => ear.kept.push(data);
    // A worklet that leads nowhere is not run; this one leads to silence.
    const silence = ear.context.createGain();
    silence.gain.value = 0;
    ear.node.connect(silence).connect(ear.context.destination);
  };

  const attach = async (element) => {
    if (globalThis.AudioWorkletNode === undefined || !(element.srcObject instanceof MediaStream)) return;
    if (ear.sources.has(element)) return;
    ear.sources.set(element, null);
    ear.ready ??= ear.open();
    await ear.ready;
    const gate = ear.context.createGain();
    const source = ear.context.createMediaStreamSource(element.srcObject);
    source.connect(gate).connect(ear.node);
    ear.sources.set(element, source);
    const follow = () => {
      gate.gain.value = element.paused || element.muted ? 0 : element.volume;
    };
    for (const name of ["play", "playing", "pause", "volumechange", "emptied"]) element.addEventListener(name, follow);
    follow();
  };

  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    void attach(this);
    return play.call(this);
  };
  // A context made before the first click waits for one, as the page's own does.
  for (const name of ["pointerup", "keyup"]) {
    addEventListener(name, () => void ear.context?.resume(), { capture: true });
  }

  const Peer = globalThis.RTCPeerConnection;
  if (Peer !== undefined) {
    globalThis.RTCPeerConnection = class extends Peer {
      constructor(...words) {
        super(...words);
        ear.connections.push(this);
      }
    };
  }

  const Note = globalThis.Notification;
  if (Note !== undefined) {
    globalThis.Notification = class extends Note {
      constructor(title, options) {
        super(title, options);
        ear.notifications.push({ title, body: options?.body ?? "" });
      }
    };
  }

  ear.take = () => {
    const length = ear.kept.reduce((sum, piece) => sum + piece.length, 0);
    const samples = new Int16Array(length);
    let at = 0;
    for (const piece of ear.kept) {
      for (const value of piece) samples[at++] = Math.max(-1, Math.min(1, value)) * 32_767;
    }
    const bytes = new Uint8Array(samples.buffer);
    let text = "";
    for (let start = 0; start < bytes.length; start += 32_768) {
      text += String.fromCharCode(...bytes.subarray(start, start + 32_768));
    }
    return { rate: 48_000, samples: btoa(text) };
  };

  ear.codecs = async () => {
    const last = ear.connections.at(-1);
    if (last === undefined) return null;
    const stats = await last.getStats();
    const packets = { down: {}, up: {} };
    for (const report of stats.values()) {
      const codec = stats.get(report.codecId)?.mimeType;
      if (report.type === "inbound-rtp") packets.down[codec ?? "?"] = report.packetsReceived;
      if (report.type === "outbound-rtp") packets.up[codec ?? "?"] = report.packetsSent;
    }
    return packets;
  };
}
