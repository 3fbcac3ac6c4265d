/** What support needs to find a call: its id, when it was, and the two numbers as this person may see them. */

export interface Supported {
  callId: string;
  /** UTC milliseconds. */
  at: number;
  caller: string;
  called: string;
}

export function supportText({ callId, at, caller, called }: Supported): string {
  return [`call ${callId}`, `time ${new Date(at).toISOString()}`, `from ${caller}`, `to ${called}`].join("\n");
}
