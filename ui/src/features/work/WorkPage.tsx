import { useTranslation } from "react-i18next";

import { length } from "../../components/time";
import { useToday } from "../records/queries";

export function WorkPage() {
  const { t } = useTranslation();
  const today = useToday();
  const number = (value: number | undefined) => (value === undefined ? "–" : String(value));
  const average = today === null || today.answered === 0 ? null : today.talkedMs / today.answered;
  const figures: [string, string][] = [
    [t("work.calls"), number(today?.calls)],
    [t("work.answered"), number(today?.answered)],
    [t("work.inbound"), number(today?.inbound)],
    [t("work.outbound"), number(today?.outbound)],
    [t("work.talkTime"), today === null ? "–" : length(today.talkedMs, t)],
    [t("work.average"), average === null ? "–" : length(average, t)],
  ];
  return (
    <section className="p-4" aria-labelledby="work-title">
      <h2 id="work-title" className="mb-2 text-[0.8125rem] font-semibold text-soft">
        {t("work.title")} · {t("work.today")}
      </h2>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line">
        {figures.map(([name, value]) => (
          <div key={name} className="flex flex-col-reverse bg-surface px-4 py-3">
            <dt className="text-xs text-faint">{name}</dt>
            <dd className="text-xl font-semibold tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-2 text-xs text-faint">{t("work.note")}</p>
    </section>
  );
}
