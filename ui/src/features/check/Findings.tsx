import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Finding } from "../../platform/ports";

const LOOKS = {
  blocking: { Icon: CircleAlert, tone: "talking" },
  warning: { Icon: TriangleAlert, tone: "ringing" },
  note: { Icon: Info, tone: "wrap_up" },
} as const;

/** What is wrong and what to do, the worst first. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation();
  if (findings.length === 0) {
    return (
      <p role="status" data-tone="ready" className="flex items-center gap-2.5 font-semibold">
        <CircleCheck aria-hidden className="size-5 text-tone-ink" />
        {t("check.fine")}
      </p>
    );
  }
  return (
    <ul aria-label={t("check.found")} className="space-y-2.5">
      {findings.map(({ fault, severity, about, message }) => {
        const { Icon, tone } = LOOKS[severity];
        return (
          <li key={fault} data-tone={tone} data-fault={fault} className="rounded-xl border border-tone-line p-3">
            <p className="flex items-center gap-2 font-semibold">
              <Icon aria-hidden className="size-4 shrink-0 text-tone-ink" />
              {t(`check.severity.${severity}`)}
              {about !== "" && <span className="ml-auto text-xs font-normal text-faint">{about}</span>}
            </p>
            <p className="mt-1 text-[0.8125rem] text-soft">{message}</p>
          </li>
        );
      })}
    </ul>
  );
}
