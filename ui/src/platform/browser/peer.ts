/**
 * One media connection with the gateway: a first line both ways (Opus, A-law, µ-law) and a second one down (Opus).
 * Nothing is ever renegotiated; a connection that fails is replaced.
 */
import type { IceServer } from "../../generated/IceServer";
import type { MediaState } from "../ports";

const UP = ["audio/opus", "audio/PCMA", "audio/PCMU"];
const DOWN = ["audio/opus"];

export interface PeerEvents {
  state(state: MediaState): void;
  track(track: MediaStreamTrack): void;
}

function codecs(wanted: readonly string[]): RTCRtpCodec[] {
  const known = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
  return wanted.flatMap((name) => known.filter((codec) => codec.mimeType.toLowerCase() === name.toLowerCase()));
}

function asServer(server: IceServer): RTCIceServer {
  return {
    urls: server.urls,
    ...(server.username === null ? {} : { username: server.username }),
    ...(server.credential === null ? {} : { credential: server.credential }),
  };
}

export class Peer {
  readonly connection: RTCPeerConnection;
  readonly #sender: RTCRtpSender;
  #closed = false;

  constructor(iceServers: IceServer[], events: PeerEvents) {
    const connection = new RTCPeerConnection({ iceServers: iceServers.map(asServer), bundlePolicy: "max-bundle" });
    this.connection = connection;
    const up = connection.addTransceiver("audio", { direction: "sendrecv" });
    up.setCodecPreferences(codecs(UP));
    const down = connection.addTransceiver("audio", { direction: "recvonly" });
    down.setCodecPreferences(codecs(DOWN));
    this.#sender = up.sender;
    connection.ontrack = (event) => events.track(event.track);
    connection.onconnectionstatechange = () => {
      if (!this.#closed) events.state(stateOf(connection.connectionState));
    };
  }

  async negotiate(carry: (offer: string) => Promise<string>): Promise<void> {
    const offer = await this.connection.createOffer();
    await this.connection.setLocalDescription(offer);
    // The gateway is ICE-lite and learns our address from our checks, so no candidate has to be waited for.
    const answer = await carry(offer.sdp ?? "");
    if (!this.#closed) await this.connection.setRemoteDescription({ type: "answer", sdp: answer });
  }

  async send(track: MediaStreamTrack | null): Promise<void> {
    if (!this.#closed) await this.#sender.replaceTrack(track);
  }

  close(): void {
    this.#closed = true;
    this.connection.close();
  }
}

function stateOf(state: RTCPeerConnectionState): MediaState {
  switch (state) {
    case "new":
    case "connecting":
      return "connecting";
    case "connected":
      return "connected";
    case "disconnected":
      return "disconnected";
    case "failed":
    case "closed":
      return "failed";
  }
}
