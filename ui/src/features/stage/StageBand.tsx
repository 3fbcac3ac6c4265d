import { useTranslation } from "react-i18next";

import { classes } from "../../components/classes";
import { useClock } from "../../components/useNow";
import type { Scene } from "../../desk/scene";
import { useView } from "../../desk/store";
import { SCENE_ICONS } from "../shell/tones";
import { breakWord } from "../shell/words";
import { timeIn } from "./timeIn";

function detailOf(scene: Scene, t: ReturnType<typeof useTranslation>["t"]): string | null {
  switch (scene.kind) {
    case "break":
      return breakWord(scene.code, t);
    case "dialing":
      return t(scene.call.phase === "alerting" ? "call.alerting" : "call.dialing");
    case "talking":
      if (scene.call.held_by_far_side) return t("call.heldByFarSide");
      return scene.call.muted ? t("call.mutedNote") : null;
    case "held":
      return t("call.heldNote");
    case "offline":
    case "ready":
    case "ringing":
    case "wrap_up":
      return null;
  }
}

/** State in colour, icon and word, with its timer. */
export function StageBand({ scene }: { scene: Scene }) {
  const { t } = useTranslation();
  const time = useClock((now) => timeIn(scene, now, t));
  const view = useView();
  const Icon = SCENE_ICONS[scene.kind];
  const detail = detailOf(scene, t);
  const next = view?.agent.next_presence ?? null;
  const later =
    next === null
      ? null
      : next.type === "break"
        ? t("presence.nextBreak", { reason: breakWord(next.code, t) })
        : t("presence.next", { state: t(`state.${next.type}`) });
  const ringing = scene.kind === "ringing";
  return (
    <div
      className={classes(
        "flex h-11 shrink-0 items-center gap-2.5 border-b px-4",
        ringing ? "border-tone bg-tone text-white" : "border-tone-line bg-tone-soft text-tone-ink",
      )}
    >
      <Icon aria-hidden className={classes("size-[1.125rem] shrink-0", ringing && "motion-safe:animate-pulse-soft")} />
      <strong className="shrink-0 text-[0.9375rem] font-semibold">{t(`state.${scene.kind}`)}</strong>
      <span className="min-w-0 flex-1 truncate text-[0.8125rem]">{detail ?? later}</span>
      {detail !== null && later !== null && <span className="shrink-0 text-xs">{later}</span>}
      <span role="timer" className="shrink-0 text-[0.9375rem] font-semibold tabular-nums">
        {time}
      </span>
    </div>
  );
}
