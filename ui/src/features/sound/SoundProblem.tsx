import { MicOff, VolumeX, WifiOff } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { useLasting } from "../../components/useLasting";
import type { DeskState } from "../../desk/state";
import { useDesk } from "../../desk/store";
import { useTools } from "../shell/DeskContext";
import { type Trouble, cureOf, isTrouble } from "./cure";

type Problem = Trouble | "insecure" | "speakerMissing" | "speakerBusy" | "blocked" | "media";

/** The worst of what keeps the agent from hearing or being heard. */
function problemOf({ sound }: Pick<DeskState, "sound">, mediaDown: boolean): Problem | null {
  if (sound.microphone !== "unknown" && sound.microphone !== "ready") return sound.microphone;
  if (sound.speaker === "missing") return "speakerMissing";
  if (sound.speaker === "busy" || sound.speaker === "denied") return "speakerBusy";
  if (sound.playbackBlocked) return "blocked";
  return mediaDown ? "media" : null;
}

/** A new connection takes a moment; only one that does not come is worth a sentence. */
const PATIENCE_MS = 6_000;

/** A sentence with its cure, for as long as the problem lasts. */
export function SoundProblem() {
  const { t } = useTranslation();
  const { platform } = useTools();
  const down = useDesk(
    ({ link, sound }) => link.phase === "open" && sound.media !== "connected" && sound.media !== "off",
  );
  const mediaDown = useLasting(down, PATIENCE_MS);
  const problem = useDesk((state) => problemOf(state, mediaDown));
  if (problem === null) return null;
  const Icon = problem === "blocked" || problem === "speakerMissing" || problem === "speakerBusy" ? VolumeX : problem === "media" ? WifiOff : MicOff;
  return (
    <div
      role="alert"
      data-tone="talking"
      data-problem={problem}
      className="shrink-0 rounded-xl border border-tone-line bg-raised p-3 shadow-float"
    >
      <div className="flex items-start gap-2.5">
        <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-tone-ink" />
        <div className="min-w-0 flex-1">
          <h3 className="font-semibold">{t(`problem.${problem}Title`)}</h3>
          <p className="mt-0.5 text-[0.8125rem] text-soft">{t(isTrouble(problem) ? cureOf(problem, platform.callAudio?.system) : `problem.${problem}`)}</p>
        </div>
      </div>
      {problem !== "insecure" && problem !== "media" && (
        <div className="mt-2 flex justify-end">
          {problem === "blocked" ? (
            <Button size="small" look="solid" onClick={() => void platform.callAudio?.unlock()}>
              {t("problem.unblock")}
            </Button>
          ) : (
            <Button size="small" onClick={() => void platform.callAudio?.prepare()}>
              {t("problem.retry")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
