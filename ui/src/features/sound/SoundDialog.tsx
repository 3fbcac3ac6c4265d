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

/** A device that was chosen and is not there stays chosen, because it may be plugged in again. */
function DeviceChoice({ id, devices, chosen, onChoose }: ChoiceProps) {
  const { t } = useTranslation();
  const gone = chosen !== "" && devices.length > 0 && devices.every((device) => device.id !== chosen);
  return (
    <>
      <select
        id={id}
        className={SELECT}
        value={chosen}
        aria-describedby={`${id}-gone`}
        onChange={(event) => onChoose(event.target.value)}
      >
        <option value="">{t("sound.default")}</option>
        {devices.map((device, index) => (
          <option key={device.id} value={device.id}>
            {device.label === "" ? t("sound.unnamed", { index: index + 1 }) : device.label}
          </option>
        ))}
        {gone && <option value={chosen}>{t("sound.gone")}</option>}
      </select>
      <p id={`${id}-gone`} role="status" className="text-xs text-warn">
        {gone && <span className="mt-1 block">{t("sound.goneHint")}</span>}
      </p>
    </>
  );
}

/** A button that is busy as long as what it plays. */
function PlayButton({ label, play }: { label: string; play: () => Promise<void> | undefined }) {
  const { t } = useTranslation();
  const [playing, setPlaying] = useState(false);
  return (
    <Button
      size="small"
      className="mt-2"
      disabled={playing}
      onClick={() => {
        setPlaying(true);
        void Promise.resolve(play()).finally(() => setPlaying(false));
      }}
    >
      {playing ? t("sound.testing") : label}
    </Button>
  );
}

/** What rings, where that may be a device of its own. */
function RingerChoice({ devices }: { devices: readonly SoundDevice[] }) {
  const { t } = useTranslation();
  const { platform, preferences, prefer } = useTools();
  const id = useId();
  const audio = platform.callAudio;
  if (audio?.chooseRinger === undefined) return null;
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        {t("sound.ringer")}
      </label>
      <DeviceChoice
        id={id}
        devices={devices}
        chosen={preferences.ringer}
        onChoose={(ringer) => {
          prefer({ ringer });
          void audio.chooseRinger?.(ringer);
        }}
      />
      <PlayButton label={t("sound.testRing")} play={() => audio.playTestRing?.()} />
    </div>
  );
}

const CLEANED = ["echo", "noise", "gain"] as const;

/** What is done to the microphone's sound, where the person decides. */
function CleaningChoice() {
  const { t } = useTranslation();
  const { platform, preferences, prefer } = useTools();
  const audio = platform.callAudio;
  if (audio?.clean === undefined) return null;
  return (
    <fieldset className="space-y-1.5">
      <legend className="mb-1 font-medium">{t("sound.cleaning")}</legend>
      {CLEANED.map((name) => (
        <label key={name} className="flex items-center gap-2.5">
          <input
            type="checkbox"
            className="size-4 accent-solid"
            checked={preferences[name]}
            onChange={(event) => {
              const { echo, noise, gain } = preferences;
              const cleaning = { echo, noise, gain, [name]: event.target.checked };
              prefer(cleaning);
              void audio.clean?.(cleaning);
            }}
          />
          {t(`sound.${name}`)}
        </label>
      ))}
      <p className="text-xs text-faint">{t("sound.cleaningHint")}</p>
    </fieldset>
  );
}

/** Chooses microphone, speaker and ringer, with proof that they work. The microphone is open only while this is. */
function SoundForm() {
  const { t } = useTranslation();
  const { platform, preferences, prefer } = useTools();
  const { microphones, speakers } = useDesk((state) => state.sound.devices);
  const ids = { microphone: useId(), speaker: useId() };
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
        {platform.callAudio?.chooseRinger !== undefined && (
          <div className="mt-2.5">
            <LevelBar label={t("sound.speakerLevel")} read={() => audio?.levels().speaker_dbfs ?? -127} />
          </div>
        )}
        <PlayButton label={t("sound.test")} play={() => audio?.playTestTone()} />
      </div>
      <RingerChoice devices={speakers} />
      <CleaningChoice />
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
