import { Phone, PhoneIncoming, PhoneMissed, PhoneOutgoing } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { PhoneNumber } from "../../components/PhoneNumber";
import { clock, moment } from "../../components/time";
import { useClock } from "../../components/useNow";
import { mainCall } from "../../desk/state";
import { useView } from "../../desk/store";
import { useTools } from "../shell/DeskContext";
import { dispositionWord } from "../shell/words";
import { type RecordRow, customerNumber, figure, isInbound } from "./queries";

export function RecordRowView({ row, onOpen }: { row: RecordRow; onOpen: () => void }) {
  const { t, i18n } = useTranslation();
  const { desk, preferences } = useTools();
  const view = useView();
  const started = useClock((now) => moment(figure(row.StartTime), now, t, i18n.language));
  const number = customerNumber(row);
  const good = row.ContactDisposition === "Success";
  const Icon = !good && isInbound(row) ? PhoneMissed : isInbound(row) ? PhoneIncoming : PhoneOutgoing;
  const talked = figure(row.CallDuration ?? row.Duration);
  return (
    <li className="flex items-center pr-1.5 hover:bg-sunken">
      <button
        type="button"
        onClick={onOpen}
        className="flex min-w-0 flex-1 items-center gap-3 px-3.5 py-2 text-left -outline-offset-2"
      >
        <Icon aria-hidden className={good ? "size-4 shrink-0 text-faint" : "size-4 shrink-0 text-bad"} />
        <span className="min-w-0 flex-1">
          <span className="sr-only">
            {t("records.open", { number: number === "" ? t("call.unknownNumber") : number })}
          </span>
          <span aria-hidden className="block truncate font-medium">
            {number === "" ? t("call.unknownNumber") : <PhoneNumber number={number} />}
          </span>
          <span className="block truncate text-xs text-faint">
            {t(isInbound(row) ? "call.inbound" : "call.outbound")} · {dispositionWord(row.ContactDisposition ?? "", t)}
          </span>
        </span>
        <span className="shrink-0 text-right">
          <span className="block text-[0.8125rem] tabular-nums">{talked > 0 ? clock(talked * 1_000) : "–"}</span>
          <span className="block text-xs text-faint tabular-nums">
            {started}
          </span>
        </span>
      </button>
      <Button
        look="ghost"
        size="icon"
        aria-label={t("records.redial", { number })}
        disabled={number === "" || mainCall(view) !== null || view?.agent.presence.type === "offline"}
        onClick={() => desk.act({ type: "dial", callee: number, caller: preferences.outboundNumber || null })}
      >
        <Phone aria-hidden className="size-4" />
      </Button>
    </li>
  );
}
