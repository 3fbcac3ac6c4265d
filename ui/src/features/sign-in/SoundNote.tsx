import { MicOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import type { CallAudioPort } from "../../platform/ports";
import { type Trouble, cureOf, isTrouble } from "../sound/cure";

/**
 * What keeps the agent from being heard, said before the shift begins. Only in the window: a browser asks for the
 * microphone by itself, and not before somebody is signed in.
 */
export function SoundNote({ audio }: { audio: CallAudioPort }) {
  const { t } = useTranslation();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let gone = false;
    void audio.prepare().then((state) => {
      if (!gone) setTrouble(isTrouble(state) ? state : null);
    });
    return () => {
      gone = true;
    };
  }, [audio, tries]);
  if (trouble === null) return null;
  return (
    <div role="status" data-tone="talking" className="mt-4 rounded-xl border border-tone-line bg-surface p-3.5 shadow-card">
      <h2 className="flex items-center gap-2 font-semibold">
        <MicOff aria-hidden className="size-4 shrink-0 text-tone-ink" />
        {t(`problem.${trouble}Title`)}
      </h2>
      <p className="mt-1 text-[0.8125rem] text-soft">{t(cureOf(trouble, audio.system))}</p>
      <div className="mt-2 flex justify-end">
        <Button size="small" onClick={() => setTries((before) => before + 1)}>
          {t("problem.retry")}
        </Button>
      </div>
    </div>
  );
}
