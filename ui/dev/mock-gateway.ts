/** A gateway made of cardboard for developing the desk: one agent, scripted calls, no sound of its own. Never shipped. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import type { Connect, Plugin, PreviewServer, ViteDevServer } from "vite";
import { type WebSocket, WebSocketServer } from "ws";

import type { ClientMessage } from "../src/generated/ClientMessage";
import { MockCentre } from "./mock-centre.ts";
import { answerOperation } from "./mock-operations.ts";

const COOKIE = "cordboard_session=mock";

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

function reply(response: ServerResponse, status: number, body?: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, Code: string, Message: string) {
  reply(response, status, { Code, Message, RequestId: "MOCK-4F1C-8A02" });
}

const WHO = {
  instance: "demo",
  user_id: "alice@demo",
  display_name: "Alice",
  role: "Agent",
  token: null,
  ice_servers: [],
  demo: true,
};

async function http(centre: MockCentre, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const url = new URL(request.url ?? "/", "http://mock");
  const signedIn = (request.headers.cookie ?? "").includes(COOKIE);
  const chinese = request.headers["accept-language"] !== "en";
  if (url.pathname === "/dev/control") {
    centre.control((await bodyOf(request)) as { act: string });
    reply(response, 204);
  } else if (url.pathname === "/api/session" && request.method === "POST") {
    const { login, password } = await bodyOf(request);
    if (password !== "cordboard") {
      const sentence = chinese
        ? "用户名或密码不正确。请检查后重试;连续输错会延长等待时间。"
        : "User name or password is not right. Check both and try again; each further mistake makes the next try slower.";
      refuse(response, 401, "InvalidCredentials", sentence);
    } else {
      centre.signIn();
      reply(response, 200, { ...WHO, user_id: `${String(login)}@demo` }, { "Set-Cookie": `${COOKIE}; Path=/; HttpOnly; SameSite=Strict` });
    }
  } else if (url.pathname === "/api/session" && request.method === "DELETE") {
    reply(response, 204, undefined, { "Set-Cookie": `${COOKIE}; Path=/; Max-Age=0` });
  } else if (!signedIn && url.pathname.startsWith("/api/")) {
    refuse(response, 401, "SignedOut", "Sign in first.");
  } else if (url.pathname === "/api/session") {
    reply(response, 200, WHO);
  } else if (url.pathname === "/api/ticket") {
    reply(response, 200, { ticket: "mock" });
  } else if (url.pathname.startsWith("/api/operations/")) {
    const action = url.pathname.slice("/api/operations/".length);
    reply(response, 200, { Code: "OK", Message: "", HttpStatusCode: 200, RequestId: "MOCK", Data: answerOperation(action, await bodyOf(request)) });
  } else if (url.pathname.startsWith("/api/recordings/")) {
    const wav = recording();
    response.writeHead(200, { "Content-Type": "audio/wav", "Content-Length": String(wav.length) });
    response.end(wav);
  } else {
    return false;
  }
  return true;
}

/** Two sides taking turns, as bursts of tone: enough to draw and to play. */
function recording(): Buffer {
  const rate = 8_000;
  const seconds = 42;
  const data = Buffer.alloc(rate * seconds * 4);
  for (let n = 0; n < rate * seconds; n += 1) {
    const at = n / rate;
    const turn = Math.floor(at / 3.5) % 2;
    const syllable = Math.max(0, Math.sin(at * 9) * Math.sin(at * 2.1 + 1) * Math.sin(at * 0.7 + turn));
    const sample = Math.round(12_000 * syllable * Math.sin(2 * Math.PI * (turn === 0 ? 180 : 240) * at));
    data.writeInt16LE(turn === 0 ? sample : 0, n * 4);
    data.writeInt16LE(turn === 1 ? sample : 0, n * 4 + 2);
  }
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

function attach(server: ViteDevServer | PreviewServer) {
  const centre = new MockCentre();
  const sockets = new WebSocketServer({ noServer: true });
  let farEnd: WebSocket | null = null;
  server.httpServer?.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = new URL(request.url ?? "/", "http://mock").pathname;
    if (path !== "/api/desk" && path !== "/dev/far") return;
    sockets.handleUpgrade(request, socket, head, (opened) => {
      if (path === "/dev/far") {
        farEnd = opened;
        opened.on("message", (text: Buffer) => centre.farEndAnswered(JSON.parse(text.toString()) as { id: number; sdp: string }));
      } else {
        centre.deskOpened((message) => opened.send(JSON.stringify(message)), () => opened.close());
        opened.on("message", (text: Buffer) => {
          const message = JSON.parse(text.toString()) as ClientMessage;
          if (message.type === "media_offer") farEnd?.send(JSON.stringify(message));
          else centre.said(message);
        });
      }
    });
  });
  const middleware: Connect.NextHandleFunction = (request, response, next) => {
    http(centre, request, response).then((done) => {
      if (done) return;
      const path = (request.url ?? "/").split("?")[0] ?? "/";
      if (path.startsWith("/workbench/")) request.url = "/index.html";
      if (path === "/crm") request.url = (request.url ?? "").replace("/crm", "/crm.html");
      next();
    }, next);
  };
  server.middlewares.use(middleware);
}

export function mockGateway(): Plugin {
  return {
    name: "cordboard-mock-gateway",
    configureServer: attach,
    configurePreviewServer: attach,
  };
}
