import { describe, expect, it } from "vitest";

import { clock } from "../../components/time";
import { entriesOf } from "./Timeline";
import { columns } from "./Waveform";
import { asksAgain, customerNumber, figure, recordingIsBeingMade, sum } from "./queries";

describe("records", () => {
  const inbound = { ContactId: "a", ContactType: "INBOUND", CallingNumber: "1", CalledNumber: "2", CallDuration: "30", ContactDisposition: "Success" };
  const outbound = { ContactId: "b", ContactType: "Outbound", CallingNumber: "2", CalledNumber: "3", Duration: 12, ContactDisposition: "NoAnswer" };

  it("tell the customer's number in both of the vendor's spellings", () => {
    expect(customerNumber(inbound)).toBe("1");
    expect(customerNumber(outbound)).toBe("3");
  });

  it("are summed up", () => {
    expect(sum([inbound, outbound])).toEqual({ calls: 2, answered: 1, inbound: 1, outbound: 1, talkedMs: 42_000 });
    expect(figure("garbage")).toBe(0);
  });

  it("are asked for again until the call that ended last stands among them, but not for ever", () => {
    expect(asksAgain([inbound], null, 1)).toBe(false);
    expect(asksAgain(undefined, "b", 0)).toBe(false);
    expect(asksAgain([], "b", 1)).toBeGreaterThan(0);
    expect(asksAgain([inbound], "b", 1)).toBeGreaterThan(0);
    expect(asksAgain([outbound, inbound], "b", 2)).toBe(false);
    expect(asksAgain([inbound], "b", 15)).toBe(false);
  });

  it("wait for a recording only where one will come", () => {
    const fresh = { ...inbound, ReleaseTime: Date.now(), RecordingReady: false };
    expect(recordingIsBeingMade(fresh)).toBe(true);
    expect(recordingIsBeingMade({ ...fresh, RecordingReady: true })).toBe(false);
    expect(recordingIsBeingMade({ ...fresh, ContactDisposition: "AbandonedInRing" })).toBe(false);
    expect(recordingIsBeingMade({ ...fresh, ReleaseTime: Date.now() - 3_600_000 })).toBe(false);
  });
});

it("a timeline is in the order things happened, whoever they happened to", () => {
  const record = {
    ContactId: "a",
    CustomerEvents: [{ CustomerId: "1", EventSequence: [{ Event: "Released", EventTime: 40 }] }],
    IvrEvents: [{ EventSequence: [{ Event: "Route2IVR", EventTime: "10" }, { EventTime: 11 }] }],
    QueueEvents: [{ QueueName: "sales", EventSequence: [{ Event: "Enqueue", EventTime: 20 }] }],
    AgentEvents: [{ AgentName: "Alice", EventSequence: [{ Event: "Established", EventTime: 30, Duration: 5 }] }],
  };
  expect(entriesOf(record).map((entry) => `${entry.name} ${entry.whom}`.trim())).toEqual([
    "Route2IVR",
    "Enqueue sales",
    "Established Alice",
    "Released 1",
  ]);
  expect(entriesOf({ ContactId: "a" })).toEqual([]);
});

it("a waveform keeps its peaks and its length", () => {
  const samples = new Float32Array(16_000);
  samples[15_999] = -0.5;
  const peaks = columns(samples);
  expect(peaks).toHaveLength(160);
  expect(peaks.at(-1)).toBeCloseTo(0.7);
  expect(columns(new Float32Array(0))).toHaveLength(160);
});

it.each([
  [0, "0:00"],
  [-5, "0:00"],
  [61_999, "1:01"],
  [3_729_000, "1:02:09"],
])("%d ms is %s on the clock", (ms, text) => expect(clock(ms)).toBe(text));
