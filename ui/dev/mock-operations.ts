/** Operations with made-up answers in the vendor's shapes. */

const NUMBERS = ["13800138000", "13900139000", "01088886666", "13700137000", "15012345678", "075512345678"];
const DISPOSITIONS = ["Success", "Success", "AbandonedInRing", "Success", "NoAnswer", "Success"];

function record(index: number) {
  const inbound = index % 3 !== 2;
  const customer = NUMBERS[index % NUMBERS.length];
  const disposition = inbound && index % 6 === 4 ? "Success" : DISPOSITIONS[index % DISPOSITIONS.length];
  const talked = disposition === "Success" ? 40 + ((index * 97) % 400) : 0;
  return {
    ContactId: `job-7f0c51e2-94d1-4c1b-9c7e-${String(900 + index).padStart(12, "0")}`,
    ContactType: inbound ? "INBOUND" : "OUTBOUND",
    CallingNumber: inbound ? customer : "02165001000",
    CalledNumber: inbound ? "02165001000" : customer,
    ContactDisposition: disposition,
    StartTime: Date.now() - 600_000 - index * 4_300_000,
    CallDuration: String(talked),
    Duration: talked,
    AgentIds: "alice@demo",
    SkillGroupIds: "sales@demo",
  };
}

export function answerOperation(action: string, parameters: Record<string, unknown>): unknown {
  switch (action) {
    case "ListRecentCallDetailRecords": {
      const page = Number(parameters.PageNumber ?? 1);
      const size = Number(parameters.PageSize ?? 20);
      const all = Array.from({ length: 34 }, (_, index) => record(index));
      const since = Number(parameters.StartTime ?? 0);
      const wanted = all.filter((row) => row.StartTime >= since);
      return { List: wanted.slice((page - 1) * size, page * size), PageNumber: page, PageSize: size, TotalCount: wanted.length };
    }
    case "GetCallDetailRecord": {
      const index = Number(String(parameters.ContactId).slice(-12)) - 900;
      const row = record(Number.isFinite(index) && index >= 0 ? index : 0);
      const at = row.StartTime;
      return {
        ...row,
        EstablishedTime: at + 21_000,
        ReleaseTime: at + 21_000 + row.Duration * 1_000,
        ReleaseInitiator: "customer",
        ReleaseReason: "200 - OK",
        RecordingReady: row.Duration > 0,
        SkillGroupNames: "sales",
        AgentNames: "Alice",
        CustomerEvents: [
          { CustomerId: "", EventSequence: [{ Event: "Released", EventTime: at + 21_000 + row.Duration * 1_000 }] },
        ],
        IvrEvents: [{ EventSequence: [{ Event: "Route2IVR", EventTime: at }] }],
        QueueEvents: [{ QueueName: "sales", EventSequence: [{ Event: "Enqueue", EventTime: at + 6_000 }] }],
        AgentEvents: [
          {
            AgentId: "alice@demo",
            AgentName: "Alice",
            EventSequence: [
              { Event: "Ringing", EventTime: at + 17_000, Duration: 4 },
              { Event: "Established", EventTime: at + 21_000, Duration: row.Duration },
              { Event: "Held", EventTime: at + 32_000, Duration: 9 },
              { Event: "Retrieved", EventTime: at + 41_000 },
            ],
          },
        ],
      };
    }
    case "GetMultiChannelRecording":
      return { FileName: `${String(parameters.ContactId)}.wav`, FileUrl: `/api/recordings/${String(parameters.ContactId)}.wav` };
    case "ListOutboundNumbersOfUser":
      return {
        List: [
          { Number: "02165001000", City: "上海" },
          { Number: "02165001001", City: "上海" },
          { Number: "01065002000", City: "北京" },
        ],
        TotalCount: 3,
      };
    default:
      return null;
  }
}
