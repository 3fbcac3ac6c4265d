import { Maximize2, Mic, MicOff, Pause, Phone, PhoneOff, Play } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { QualityBars } from "../../components/QualityBars";
import { useClock } from "../../components/useNow";
import { type Scene, callOf, customerOf, sceneOf } from "../../desk/scene";
import { useView } from "../../desk/store";
import type { Command } from "../../generated/Command";
import { useTools } from "../shell/DeskContext";
import { SCENE_ICONS } from "../shell/tones";
import { timeIn } from "../stage/timeIn";

/** The one thing to do next, if there is one. */
function primaryOf(scene: Scene): { word: "ring.answer" | "presence.goReady" | "call.hangUp"; command: Command } | null {
  switch (scene.kind) {
    case "ringing":
      return { word: "ring.answer", command: { type: "answer", call_id: scene.call.call_id } };
    case "dialing":
    case "talking":
    case "held":
      return { word: "call.hangUp", command: { type: "hang_up", call_id: scene.call.call_id } };
    case "offline":
    case "break":
    case "wrap_up":
      return { word: "presence.goReady", command: { type: "ready" } };
    case "ready":
      return null;
  }
}

/** The desk in 360 px: state with timer, caller, one primary button, mute, hold, quality. */
export function CompactBar({ onFull }: { onFull: () => void }) {
  const { t } = useTranslation();
  const { desk } = useTools();
  const view = useView();
  const time = useClock((now) => (view === null ? "" : timeIn(sceneOf(view), now, t)));
  if (view === null) return null;
  const scene = sceneOf(view);
  const call = callOf(scene);
  const Icon = SCENE_ICONS[scene.kind];
  const primary = primaryOf(scene);
  const up = view.agent.media_connected;
  const steerable = call !== null && (scene.kind === "talking" || scene.kind === "held");
  return (
    <main data-tone={scene.kind} aria-label={t("window.compactLabel")} className="flex h-full flex-col bg-surface">
      <div className="flex h-12 shrink-0 items-center gap-2 border-b border-tone-line bg-tone-soft px-3 text-tone-ink">
        <Icon aria-hidden className="size-4 shrink-0" />
        <strong className="shrink-0 font-semibold">{t(`state.${scene.kind}`)}</strong>
        <span className="min-w-0 flex-1 truncate tabular-nums">{call === null ? "" : customerOf(call)}</span>
        <QualityBars level={up ? (view.agent.quality?.level ?? "idle") : "down"} />
        <span role="timer" className="shrink-0 font-semibold tabular-nums">
          {time}
        </span>
        <Button look="ghost" size="icon" aria-label={t("window.full")} onClick={onFull}>
          <Maximize2 aria-hidden className="size-4" />
        </Button>
      </div>
      <div className="flex min-h-0 flex-1 items-center gap-2 px-3">
        {steerable && (
          <>
            <Button
              size="icon"
              aria-pressed={call.muted}
              aria-label={t(call.muted ? "call.unmute" : "call.mute")}
              onClick={() => desk.act({ type: "mute", call_id: call.call_id, muted: !call.muted })}
            >
              {call.muted ? <MicOff aria-hidden className="size-4" /> : <Mic aria-hidden className="size-4" />}
            </Button>
            <Button
              size="icon"
              aria-label={t(scene.kind === "held" ? "call.retrieve" : "call.hold")}
              onClick={() => desk.act({ type: scene.kind === "held" ? "retrieve" : "hold", call_id: call.call_id })}
            >
              {scene.kind === "held" ? <Play aria-hidden className="size-4" /> : <Pause aria-hidden className="size-4" />}
            </Button>
          </>
        )}
        {primary !== null && (
          <Button
            look="tone"
            data-tone={primary.word === "call.hangUp" ? "talking" : "ready"}
            className="h-10 flex-1"
            onClick={() => desk.act(primary.command)}
          >
            {primary.word === "call.hangUp" ? <PhoneOff aria-hidden className="size-4" /> : <Phone aria-hidden className="size-4" />}
            {t(primary.word)}
          </Button>
        )}
        {scene.kind === "ringing" && (
          <Button onClick={() => desk.act({ type: "decline", call_id: scene.call.call_id })}>{t("ring.decline")}</Button>
        )}
        {scene.kind === "ready" && <p className="flex-1 text-center text-soft">{t("presence.waitingForCall")}</p>}
      </div>
    </main>
  );
}
