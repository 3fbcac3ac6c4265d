import { useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { Modal } from "../../components/Modal";
import { DoorError, type Deed } from "../../platform/ports";
import { useTools } from "../shell/DeskContext";
import { FIELD } from "../sign-in/field";
import { CustomerPlaceChoice } from "./CustomerPlaceChoice";
import { useCustomerPlace } from "./useCustomerPlace";

const DEEDS: readonly Deed[] = ["answer", "hang_up", "mute", "show"];

function sentenceOf(error: unknown): string {
  return error instanceof DoorError ? error.message : String(error);
}

function HotkeyField({ deed, keys, onChoose }: { deed: Deed; keys: string; onChoose: (keys: string) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [typed, setTyped] = useState(keys);
  return (
    <div className="grid grid-cols-[1fr_11rem] items-center gap-3">
      <label htmlFor={id}>{t(`window.deed.${deed}`)}</label>
      <input
        id={id}
        className={FIELD}
        placeholder={t("window.noKeys")}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => {
          if (typed !== keys) onChoose(typed);
        }}
      />
    </div>
  );
}

/** What the person may choose of the window: start with the session, where the customer's page opens, global keys. */
function WindowForm() {
  const { t } = useTranslation();
  const { hotkeys, autostart, customerWindow } = useTools().platform;
  const readPlace = useCustomerPlace((state) => state.read);
  const [keys, setKeys] = useState<Partial<Record<Deed, string>> | null>(null);
  const [starts, setStarts] = useState<boolean | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const failed = (error: unknown) => setFailure(sentenceOf(error));
  useEffect(() => {
    hotkeys?.read().then(setKeys, failed);
    autostart?.read().then(setStarts, failed);
    if (customerWindow !== undefined) readPlace(customerWindow).catch(failed);
  }, [hotkeys, autostart, customerWindow, readPlace]);
  return (
    <div className="space-y-5">
      {starts !== null && (
        <label className="flex items-center gap-2.5">
          <input
            type="checkbox"
            className="size-4 accent-solid"
            checked={starts}
            onChange={(event) => void autostart?.write(event.target.checked).then(setStarts, failed)}
          />
          {t("window.autostart")}
        </label>
      )}
      {customerWindow !== undefined && <CustomerPlaceChoice port={customerWindow} onFailure={failed} />}
      {keys !== null && (
        <fieldset className="space-y-2">
          <legend className="mb-1 font-medium">{t("window.hotkeys")}</legend>
          <p className="text-xs text-faint">{t("window.hotkeysHint")}</p>
          {DEEDS.map((deed) => (
            <HotkeyField
              key={`${deed} ${keys[deed] ?? ""}`}
              deed={deed}
              keys={keys[deed] ?? ""}
              onChoose={(chosen) => {
                setFailure(null);
                void hotkeys?.choose(deed, chosen === "" ? null : chosen).then(setKeys, failed);
              }}
            />
          ))}
        </fieldset>
      )}
      {failure !== null && (
        <p role="alert" className="text-[0.8125rem] text-bad">
          {failure}
        </p>
      )}
    </div>
  );
}

export function WindowDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} onClose={onClose} title={t("window.title")}>
      <WindowForm />
    </Modal>
  );
}
