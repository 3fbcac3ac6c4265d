import { Popover } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { MENU } from "../../components/menus";
import type { Quality } from "../../generated/Quality";
import type { MediaState } from "../../platform/ports";

interface Props {
  label: string;
  quality: Quality | null;
  media: MediaState;
  children: ReactNode;
}

const milliseconds = (value: number | null) => (value === null ? "–" : `${Math.round(value)} ms`);
const rated = (value: number | null) => (value === null ? "–" : String(Math.round(value)));
const percent = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} %`;

export function QualityCard({ label, quality, media, children }: Props) {
  const { t } = useTranslation();
  const rows: [string, string][] = [[t("quality.media"), t(`quality.mediaState.${media}`)]];
  if (quality !== null) {
    const codecs = [quality.codec_down, quality.codec_up, quality.codec_trunk].map((codec) => codec?.toUpperCase() ?? "–");
    rows.push(
      [t("quality.roundTrip"), milliseconds(quality.round_trip_ms)],
      [t("quality.jitterUp"), milliseconds(quality.jitter_up_ms)],
      [t("quality.lostUp"), percent(quality.lost_up_percent)],
      [t("quality.lostDown"), percent(quality.lost_down_percent)],
      [t("quality.concealed"), percent(quality.concealed_percent)],
      [t("quality.buffer"), milliseconds(quality.buffer_ms)],
      [t("quality.codecs"), codecs.join(" / ")],
      [t("quality.rating"), `${rated(quality.rating_down)} / ${rated(quality.rating_up)}`],
    );
  }
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={label}
        className="flex h-9 shrink-0 items-center gap-2 rounded-lg px-2 text-[0.8125rem] text-soft hover:bg-ink/6 hover:text-ink lg:w-40"
      >
        {children}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content align="end" sideOffset={6} className={MENU} aria-label={t("quality.label")}>
          <dl className="grid grid-cols-[auto_auto] gap-x-6 gap-y-1.5 px-2.5 py-2 text-[0.8125rem]">
            {rows.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-faint">{name}</dt>
                <dd className="text-right font-medium tabular-nums">{value}</dd>
              </div>
            ))}
          </dl>
          {quality !== null && <p className="max-w-64 px-2.5 pb-2 text-xs text-faint">{t("quality.ratingHint")}</p>}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
