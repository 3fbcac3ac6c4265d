import { AppWindow } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { CopyButton } from "../../components/CopyButton";
import { PhoneNumber } from "../../components/PhoneNumber";
import { length, moment } from "../../components/time";
import { useNow } from "../../components/useNow";
import { customerOf, ownNumberOf } from "../../desk/scene";
import { supportText } from "../../desk/support";
import { safeUrl } from "../../desk/wishes";
import type { CallView } from "../../generated/CallView";
import { useTools } from "../shell/DeskContext";
import { useWide } from "../shell/useWide";

/** Who is calling and what is known of the call: the same words in the same places from ring to hang-up. */
export function CallFacts({ call }: { call: CallView }) {
  const { t, i18n } = useTranslation();
  const { platform } = useTools();
  const wide = useWide();
  const page = safeUrl(call.pop_url);
  const now = useNow();
  const inbound = call.direction === "inbound";
  const customer = customerOf(call);
  const last =
    call.last_contact_ms === null
      ? t(inbound ? "call.firstContact" : "call.firstDial")
      : t("call.lastContact", { when: moment(call.last_contact_ms, now, t, i18n.language) });
  const facts: [string, string][] = inbound
    ? [
        [t("call.dialled"), ownNumberOf(call)],
        [t("call.queue"), call.queue ?? t("call.direct")],
        [t("call.waited"), call.waited_ms === null ? "–" : length(call.waited_ms, t)],
        [t("call.keys"), call.keys === "" ? t("call.noKeys") : Array.from(call.keys).join(" ")],
      ]
    : [
        [t("call.shown"), ownNumberOf(call)],
        [t("call.queue"), call.queue ?? "–"],
        [t("call.startedAt"), moment(call.started_ms, now, t, i18n.language)],
      ];
  return (
    <div className="px-4 pt-3.5">
      <p className="text-xs text-faint">
        {t(inbound ? "call.inbound" : "call.outbound")} · {call.city ?? t("call.unknownCity")}
      </p>
      <div className="flex items-center gap-1.5">
        <h2 className="min-w-0 truncate text-[1.75rem]/9 font-semibold tracking-tight" data-testid="customer-number">
          {customer === "" ? t("call.unknownNumber") : <PhoneNumber number={customer} />}
        </h2>
        {customer !== "" && <CopyButton text={customer} label={t("call.copyNumber")} />}
        <CopyButton
          text={supportText({ callId: call.call_id, at: call.started_ms, caller: call.caller, called: call.called })}
          label={t("call.copySupport")}
          sign="support"
        />
        {!wide && page !== null && (
          <Button look="ghost" size="icon" aria-label={t("crmPanel.openTab")} onClick={() => platform.customerPage?.openTab(page)}>
            <AppWindow aria-hidden className="size-4" />
          </Button>
        )}
      </div>
      <p className="mb-2.5 truncate text-[0.8125rem] text-soft">{last}</p>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-2 border-t border-line pt-2.5">
        {facts.map(([name, value]) => (
          <div key={name} className="min-w-0">
            <dt className="text-2xs text-faint">{name}</dt>
            <dd className="truncate text-[0.8125rem] font-medium tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
