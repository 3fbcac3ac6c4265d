import { Circle, Mic, MicOff, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";

import { LevelBar } from "../../components/LevelBar";
import type { CallView } from "../../generated/CallView";
import { useTools } from "../shell/DeskContext";

/** What is going out and coming in, to be seen when it cannot be heard. Nothing here can be pressed. */
export function SoundStrip({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const { platform } = useTools();
  const audio = platform.callAudio;
  const live = call.phase === "talking" && !call.muted;
  const MicIcon = live ? Mic : MicOff;
  return (
    <div className="flex h-16 flex-col justify-center gap-2.5 rounded-xl bg-sunken px-3.5 text-xs">
      <div className="grid grid-cols-[5.5rem_1fr_auto] items-center gap-x-2">
        <span className="flex items-center gap-1.5 text-soft">
          <MicIcon aria-hidden className="size-3.5" /> {t("call.you")}
        </span>
        <LevelBar label={t("sound.microphone")} read={() => (live ? (audio?.levels().microphone_dbfs ?? -127) : -127)} />
        <span className="w-20" />
      </div>
      <div className="grid grid-cols-[5.5rem_1fr_auto] items-center gap-x-2">
        <span className="flex items-center gap-1.5 text-soft">
          <UserRound aria-hidden className="size-3.5" /> {t("call.customer")}
        </span>
        <LevelBar label={t("call.customer")} read={() => audio?.levels().speaker_dbfs ?? -127} />
        <span className="flex w-20 items-center justify-end gap-1.5 text-faint">
          {call.recorded && <Circle aria-hidden className="size-2 fill-bad text-bad" />}
          {t(call.recorded ? "call.recorded" : "call.notRecorded")}
        </span>
      </div>
    </div>
  );
}
