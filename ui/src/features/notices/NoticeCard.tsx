import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { CopyButton } from "../../components/CopyButton";
import { moment } from "../../components/time";
import { useClock } from "../../components/useNow";

interface Props {
  title: string;
  message: string;
  /** To quote; empty when nobody but this desk knows of it. */
  reference: string;
  /** When it happened, by the gateway's clock. */
  at: number;
  onRead: () => void;
}

export function NoticeCard({ title, message, reference, at, onRead }: Props) {
  const { t, i18n } = useTranslation();
  const when = useClock((now) => moment(at, now, t, i18n.language));
  return (
    <div
      role="alert"
      data-tone="ringing"
      className="shrink-0 rounded-xl border border-tone-line bg-raised p-3 shadow-float"
    >
      <div className="flex items-start gap-2.5">
        <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-tone-ink" />
        <div className="min-w-0 flex-1">
          <h3 className="flex justify-between gap-3 font-semibold">
            {title}
            <span className="shrink-0 text-xs font-normal text-faint tabular-nums">{when}</span>
          </h3>
          <p className="mt-0.5 text-[0.8125rem] text-soft">{message}</p>
        </div>
      </div>
      <div className="mt-1.5 flex items-center gap-1 pl-6">
        {reference !== "" && (
          <span className="min-w-0 truncate text-xs text-faint select-all">{t("notice.reference", { id: reference })}</span>
        )}
        <CopyButton word text={`${title}: ${message} [${reference}]`} label={t("notice.copy")} />
        <span className="flex-1" />
        <Button size="small" onClick={onRead}>
          {t("notice.dismiss")}
        </Button>
      </div>
    </div>
  );
}
