import { Headphones } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import type { Scene } from "../../desk/scene";
import { useDesk } from "../../desk/store";
import { isPending } from "../../desk/state";
import { useTools } from "../shell/DeskContext";
import { SCENE_ICONS } from "../shell/tones";
import { breakHint } from "../shell/words";

type Idle = Extract<Scene, { kind: "offline" | "break" | "ready" }>;

export function IdleBody({ scene }: { scene: Idle }) {
  const { t } = useTranslation();
  const { desk } = useTools();
  const busy = useDesk((state) => isPending(state, "ready"));
  const Icon = SCENE_ICONS[scene.kind];
  const hint =
    scene.kind === "ready"
      ? t("presence.waitingForCall")
      : scene.kind === "break"
        ? breakHint(scene.code, t)
        : t("breakHint.offline");
  return (
    <div className="flex h-full flex-col items-center justify-center gap-3 px-8 text-center">
      <span className="grid size-12 place-items-center rounded-full bg-tone-soft text-tone-ink">
        <Icon aria-hidden className="size-6" />
      </span>
      <p className="max-w-72 text-[0.9375rem] text-soft">{hint}</p>
      {scene.kind !== "ready" && (
        <Button data-tone="ready" look="tone" size="large" disabled={busy} onClick={() => desk.act({ type: "ready" })}>
          <Headphones aria-hidden className="size-5" />
          {t("presence.goReady")}
        </Button>
      )}
    </div>
  );
}
