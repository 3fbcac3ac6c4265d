import { useTranslation } from "react-i18next";

import type { CheckReport } from "../../platform/ports";

/** No microphone that is on is as quiet as this. */
const SILENCE_DBFS = -100;

/** What was measured, for whoever wants to know; only what there is. */
export function CheckFigures({ report }: { report: CheckReport }) {
  const { t } = useTranslation();
  const { path } = report;
  const figures: [string, number | null | undefined, string][] = [
    [t("check.figure.voice"), report.voice_dbfs, "dBFS"],
    [t("check.figure.noise"), report.noise_dbfs, "dBFS"],
    [t("check.figure.echo"), report.echo_delay_ms, "ms"],
    [t("check.figure.roundTrip"), path?.round_trip_ms, "ms"],
    [t("check.figure.jitter"), path?.jitter_ms, "ms"],
    [t("check.figure.lostUp"), path?.lost_up_percent, "%"],
    [t("check.figure.lostDown"), path?.lost_down_percent, "%"],
  ];
  const said = (value: number, unit: string) =>
    unit === "dBFS" && value <= SILENCE_DBFS ? t("check.figure.silence") : `${Math.round(value)} ${unit}`;
  const known = figures.filter(([, value]) => typeof value === "number");
  if (known.length === 0) return null;
  return (
    <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 border-t border-line pt-3 text-xs">
      {known.map(([name, value, unit]) => (
        <div key={name} className="contents">
          <dt className="text-faint">{name}</dt>
          <dd className="text-right tabular-nums">{said(value ?? 0, unit)}</dd>
        </div>
      ))}
    </dl>
  );
}
