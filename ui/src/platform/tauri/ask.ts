/** Asks the Rust side; its troubles become the same errors as a browser's. */
import { invoke } from "@tauri-apps/api/core";

import { saidHere } from "../sentences";
import { DoorError } from "../ports";

interface Trouble {
  kind: DoorError["kind"];
  code: string;
  message: string;
  reference: string | null;
}

function isTrouble(error: unknown): error is Trouble {
  return typeof error === "object" && error !== null && "kind" in error && "message" in error;
}

export async function ask<Answer>(command: string, parameters?: Record<string, unknown>): Promise<Answer> {
  try {
    return await invoke<Answer>(command, parameters);
  } catch (error) {
    if (!isTrouble(error)) throw new DoorError("refused", "Window", String(error), null);
    const { kind, code, message, reference } = error;
    throw new DoorError(kind, code, saidHere(code, message), reference === "" ? null : reference);
  }
}
