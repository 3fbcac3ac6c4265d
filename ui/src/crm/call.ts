/** The call a page was opened for, read from its address. */

export interface PoppedCall {
  caller: string;
  called: string;
  direction: "inbound" | "outbound";
  callId: string;
}

const LONGEST = 128;

export function callFrom(search: string): PoppedCall | null {
  const parameters = new URLSearchParams(search);
  const read = (name: string) => (parameters.get(name) ?? "").slice(0, LONGEST);
  const call: PoppedCall = {
    caller: read("callNumber"),
    called: read("calledNumber"),
    direction: read("callType").toLowerCase().startsWith("out") ? "outbound" : "inbound",
    callId: read("contactId"),
  };
  return call.caller === "" && call.called === "" && call.callId === "" ? null : call;
}
