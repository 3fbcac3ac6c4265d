/** HTTP to the gateway: same origin, cookie session, errors as sentences. */
import i18n from "i18next";

import type { ApiError } from "../../generated/ApiError";
import type { SignInAnswer } from "../../generated/SignInAnswer";
import type { SignInRequest } from "../../generated/SignInRequest";
import { saidHere } from "../sentences";
import { DoorError, type OperationsPort, type SessionPort } from "../ports";

const TIMEOUT_MS = 10_000;

function isApiError(body: unknown): body is ApiError {
  return typeof body === "object" && body !== null && "Code" in body && "Message" in body;
}

export async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  let response: Response;
  let answer: unknown = null;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: {
        "Accept-Language": i18n.language,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    answer = text === "" ? null : JSON.parse(text);
  } catch {
    throw new DoorError("unreachable", "Unreachable", i18n.t("errors.unreachable"), null);
  }
  if (response.ok) return answer;
  const kind = response.status === 401 ? "unauthorised" : "refused";
  if (isApiError(answer)) {
    throw new DoorError(kind, answer.Code, saidHere(answer.Code, answer.Message), answer.RequestId || null);
  }
  throw new DoorError(kind, `Http${response.status}`, i18n.t("errors.http", { status: response.status }), null);
}

export class BrowserSession implements SessionPort {
  async current(): Promise<SignInAnswer | null> {
    try {
      return (await ask("GET", "/api/session")) as SignInAnswer;
    } catch (error) {
      if (error instanceof DoorError && error.kind === "unauthorised") return null;
      throw error;
    }
  }

  async signIn(instance: string, login: string, password: string): Promise<SignInAnswer> {
    const request: SignInRequest = { instance, login, password, kind: "browser" };
    return (await ask("POST", "/api/session", request)) as SignInAnswer;
  }

  async signOut(): Promise<void> {
    await ask("DELETE", "/api/session");
  }
}

interface Envelope {
  Code: string;
  Message: string;
  RequestId: string;
  Data?: unknown;
}

export class BrowserOperations implements OperationsPort {
  readonly #instance: string;

  constructor(instance: string) {
    this.#instance = instance;
  }

  async call(action: string, parameters: Record<string, unknown>): Promise<unknown> {
    const body = { InstanceId: this.#instance, ...parameters };
    const answer = (await ask("POST", `/api/operations/${encodeURIComponent(action)}`, body)) as Envelope;
    if (answer.Code !== "OK") throw new DoorError("refused", answer.Code, answer.Message, answer.RequestId);
    return answer.Data ?? null;
  }
}
