import { useTranslation } from "react-i18next";

import { exact, length } from "../../components/time";
import { eventWord } from "../shell/words";
import { type RecordDetail, type TimelineEvent, figure } from "./queries";

interface Entry {
  at: number;
  lasted: number;
  name: string;
  detail: string;
  who: "customer" | "agent" | "queue" | "ivr";
  whom: string;
}

/** All parties' events in the order they happened. */
export function entriesOf(record: RecordDetail): Entry[] {
  const entry = (who: Entry["who"], whom: string) => (event: TimelineEvent) => ({
    at: figure(event.EventTime),
    lasted: figure(event.Duration) * 1_000,
    name: event.Event ?? "",
    detail: event.Detail ?? "",
    who,
    whom,
  });
  const entries = [
    ...(record.CustomerEvents ?? []).flatMap((group) =>
      (group.EventSequence ?? []).map(entry("customer", group.CustomerId ?? "")),
    ),
    ...(record.IvrEvents ?? []).flatMap((group) => (group.EventSequence ?? []).map(entry("ivr", ""))),
    ...(record.QueueEvents ?? []).flatMap((group) =>
      (group.EventSequence ?? []).map(entry("queue", group.QueueName ?? "")),
    ),
    ...(record.AgentEvents ?? []).flatMap((group) =>
      (group.EventSequence ?? []).map(entry("agent", group.AgentName ?? group.AgentId ?? "")),
    ),
  ];
  return entries.filter(({ name }) => name !== "").sort((left, right) => left.at - right.at);
}

export function Timeline({ record }: { record: RecordDetail }) {
  const { t, i18n } = useTranslation();
  const entries = entriesOf(record);
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="timeline-title">
      <h3 id="timeline-title" className="mb-2 text-[0.8125rem] font-semibold text-soft">
        {t("record.timeline")}
      </h3>
      <ol className="rounded-xl border border-line bg-surface px-4 py-2">
        {entries.map((entry, index) => (
          <li key={`${entry.at}-${entry.who}-${entry.name}-${index}`} className="relative flex gap-3 py-1.5 text-[0.8125rem]">
            <time dateTime={new Date(entry.at).toISOString()} className="w-20 shrink-0 text-faint tabular-nums" title={exact(entry.at, i18n.language)}>
              {new Intl.DateTimeFormat(i18n.language, { timeStyle: "medium", hour12: false }).format(entry.at)}
            </time>
            <span aria-hidden className="mt-1.5 size-2 shrink-0 rounded-full border-2 border-line-strong" />
            <span className="min-w-0 flex-1">
              <span className="font-medium">{eventWord(entry.name, t)}</span>
              <span className="text-faint">
                {" "}
                · {t(`who.${entry.who}`)}
                {entry.whom !== "" && ` ${entry.whom}`}
                {entry.detail !== "" && ` · ${entry.detail}`}
                {entry.lasted > 0 && ` · ${length(entry.lasted, t)}`}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
