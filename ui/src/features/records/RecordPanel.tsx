import { ArrowLeft } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { CopyButton } from "../../components/CopyButton";
import { PhoneNumber } from "../../components/PhoneNumber";
import { Trouble } from "../../components/Trouble";
import { exact, length } from "../../components/time";
import { supportText } from "../../desk/support";
import { dispositionWord } from "../shell/words";
import { Player } from "./Player";
import { Timeline } from "./Timeline";
import { type RecordDetail, customerNumber, figure, isInbound, recordingIsBeingMade, useRecord } from "./queries";

function factsOf(record: RecordDetail, t: ReturnType<typeof useTranslation>["t"], language: string): [string, string][] {
  const inbound = isInbound(record);
  const time = (value: number | string | undefined) => (figure(value) > 0 ? exact(figure(value), language) : "–");
  const initiator = record.ReleaseInitiator?.toLowerCase();
  const known = (...texts: (string | undefined)[]) => texts.find((text) => text !== undefined && text !== "") ?? "–";
  return [
    [t("record.result"), dispositionWord(known(record.EarlyMediaState, record.ContactDisposition), t)],
    [t("record.duration"), length(figure(record.CallDuration) * 1_000, t)],
    [t("record.start"), time(record.StartTime)],
    [t("record.established"), time(record.EstablishedTime)],
    [t("record.end"), time(record.ReleaseTime)],
    [
      t("record.initiator"),
      initiator === "customer" || initiator === "agent" || initiator === "carrier" || initiator === "gateway"
        ? t(`who.${initiator}`)
        : "–",
    ],
    [t("record.own"), known(inbound ? record.CalledNumber : record.CallingNumber)],
    [t("record.groups"), known(record.SkillGroupNames, record.SkillGroupIds)],
    [t("record.agents"), known(record.AgentNames, record.AgentIds)],
    [t("record.reason"), known(record.ReleaseReason)],
  ];
}

/** One past call: facts, recording, what happened. */
export function RecordPanel({ callId, onClose }: { callId: string; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const query = useRecord(callId);
  const record = query.data;
  return (
    <section aria-labelledby="record-title" className="flex h-full min-h-0 flex-col bg-canvas">
      <header className="flex h-11 shrink-0 items-center gap-2 border-b border-line bg-surface px-2">
        <Button look="ghost" size="icon" aria-label={t("record.back")} onClick={onClose}>
          <ArrowLeft aria-hidden className="size-4" />
        </Button>
        <h2 id="record-title" className="font-semibold">
          {t("record.title")}
        </h2>
      </header>
      <div className="min-h-0 w-full max-w-4xl flex-1 space-y-4 overflow-y-auto p-4 lg:p-6">
        {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
        {record != null && (
          <>
            <div>
              <p className="text-xs text-faint">{t(isInbound(record) ? "call.inbound" : "call.outbound")}</p>
              <p className="text-2xl font-semibold tracking-tight">
                <PhoneNumber number={customerNumber(record)} />
              </p>
              <p className="flex items-center gap-1 text-xs text-faint">
                <span className="truncate select-all">{record.ContactId}</span>
                <CopyButton text={record.ContactId} label={t("record.copyId")} />
                <CopyButton
                  text={supportText({
                    callId: record.ContactId,
                    at: figure(record.StartTime),
                    caller: record.CallingNumber ?? "",
                    called: record.CalledNumber ?? "",
                  })}
                  label={t("call.copySupport")}
                  sign="support"
                />
              </p>
            </div>
            <Player callId={callId} ready={record.RecordingReady === true} pending={recordingIsBeingMade(record)} />
            <dl className="grid grid-cols-2 gap-x-4 gap-y-3 rounded-xl xl:grid-cols-3 border border-line bg-surface p-4">
              {factsOf(record, t, i18n.language).map(([name, value]) => (
                <div key={name} className="min-w-0">
                  <dt className="text-2xs text-faint">{name}</dt>
                  <dd className="text-[0.8125rem] font-medium break-words tabular-nums">{value}</dd>
                </div>
              ))}
            </dl>
            <Timeline record={record} />
          </>
        )}
      </div>
    </section>
  );
}
