import { useTranslation } from "react-i18next";

import type { PoppedCall } from "./call";

/** What the address said about the call; drawn as text, whatever it contains. */
export function CallStrip({ call }: { call: PoppedCall }) {
  const { t } = useTranslation();
  const facts: [string, string, string][] = [
    ["callType", t("crm.callType"), t(`crm.${call.direction}`)],
    ["callNumber", t("crm.callNumber"), call.caller],
    ["calledNumber", t("crm.calledNumber"), call.called],
    ["contactId", t("crm.contactId"), call.callId],
  ];
  return (
    <section aria-label={t("crm.thisCall")} className="rounded-xl border border-line bg-surface px-4 py-3">
      <h2 className="mb-2 text-xs font-semibold text-soft">{t("crm.thisCall")}</h2>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-4">
        {facts.map(([key, name, value]) => (
          <div key={key} className="min-w-0">
            <dt className="text-2xs text-faint">{name}</dt>
            <dd data-testid={`crm-${key}`} className="truncate text-[0.8125rem] font-medium tabular-nums" title={value}>
              {value === "" ? "–" : value}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
