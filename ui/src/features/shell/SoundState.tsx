import { useTranslation } from "react-i18next";

import { QualityBars } from "../../components/QualityBars";
import { mainCall } from "../../desk/state";
import { useDesk } from "../../desk/store";
import { QualityCard } from "./QualityCard";

/** Connection and quality at a glance; the figures on demand. */
export function SoundState({ short }: { short: boolean }) {
  const { t } = useTranslation();
  const view = useDesk((state) => state.view);
  const media = useDesk((state) => state.sound.media);
  const link = useDesk((state) => state.link.phase);
  if (view === null) return null;
  // What the gateway thinks of the sound is only news while the socket stands.
  const up = media === "connected" && (link !== "open" || view.agent.media_connected);
  const quality = mainCall(view) === null ? null : view.agent.quality;
  const level = !up ? "down" : (quality?.level ?? "idle");
  const word = !up
    ? t(media === "failed" || media === "disconnected" ? "quality.soundDown" : "quality.soundConnecting")
    : quality === null
      ? t("quality.soundReady")
      : t(`quality.${quality.level}`);
  return (
    <QualityCard label={`${t("quality.label")}: ${word}`} quality={quality} media={media}>
      <QualityBars level={level} />
      <span className={short ? "sr-only" : undefined}>{word}</span>
    </QualityCard>
  );
}
