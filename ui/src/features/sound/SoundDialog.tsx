import { useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { LevelBar } from "../../components/LevelBar";
import { Modal } from "../../components/Modal";
import { SELECT } from "../../components/fields";
import { useDesk } from "../../desk/store";
import type { SoundDevice } from "../../platform/ports";
import { useTools } from "../shell/DeskContext";
import { Notifications } from "./Notifications";

interface ChoiceProps {
  id: string;
  devices: readonly SoundDevice[];
  chosen: string;
  onChoose: (id: string) => void;
}

function DeviceChoice({ id, devices, chosen, onChoose }: ChoiceProps) {
  const { t } = useTranslation();
  const value = devices.some((device) => device.id === chosen) ? chosen : "";
  return (
    <select id={id} className={SELECT} value={value} onChange={(event) => onChoose(event.target.value)}>
      <option value="">{t("sound.default")}</option>
      {devices.map((device, index) => (
        <option key={device.id} value={device.id}>
          {device.label === "" ? t("sound.unnamed", { index: index + 1 }) : device.label}
        </option>
      ))}
    </select>
  );
}

/** Chooses microphone and speaker, with proof that they work. The microphone is open only while this is. */
function SoundForm() {
  const { t } = useTranslation();
  const { platform, preferences, prefer } = useTools();
  const { microphones, speakers } = useDesk((state) => state.sound.devices);
  const ids = { microphone: useId(), speaker: useId() };
  const [playing, setPlaying] = useState(false);
  const audio = platform.callAudio;
  useEffect(() => {
    void audio?.tryOut(true);
    return () => void audio?.tryOut(false);
  }, [audio]);
  return (
    <div className="space-y-5">
      <div>
        <label htmlFor={ids.microphone} className="mb-1 block font-medium">
          {t("sound.microphone")}
        </label>
        <DeviceChoice
          id={ids.microphone}
          devices={microphones}
          chosen={preferences.microphone}
          onChoose={(id) => {
            prefer({ microphone: id });
            void audio?.chooseMicrophone(id);
          }}
        />
        <div className="mt-2.5">
          <LevelBar label={t("sound.level")} read={() => audio?.levels().microphone_dbfs ?? -127} />
        </div>
        <p className="mt-1.5 text-xs text-faint">{t("sound.meterHint")}</p>
      </div>
      <div>
        <label htmlFor={ids.speaker} className="mb-1 block font-medium">
          {t("sound.speaker")}
        </label>
        {speakers.length === 0 ? (
          <p id={ids.speaker} className="text-xs text-faint">
            {t("sound.cannotChoose")}
          </p>
        ) : (
          <DeviceChoice
            id={ids.speaker}
            devices={speakers}
            chosen={preferences.speaker}
            onChoose={(id) => {
              prefer({ speaker: id });
              void audio?.chooseSpeaker(id);
            }}
          />
        )}
        <Button
          size="small"
          className="mt-2"
          disabled={playing}
          onClick={() => {
            setPlaying(true);
            void audio?.playTestTone().finally(() => setPlaying(false));
          }}
        >
          {t(playing ? "sound.testing" : "sound.test")}
        </Button>
      </div>
      <Notifications />
    </div>
  );
}

export function SoundDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} onClose={onClose} title={t("sound.title")}>
      <SoundForm />
    </Modal>
  );
}
