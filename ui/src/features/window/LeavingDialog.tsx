import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { Modal } from "../../components/Modal";
import { useTools } from "../shell/DeskContext";

/** Closing the window would end the call, so it is asked first. */
export function LeavingDialog() {
  const { t } = useTranslation();
  const { frame } = useTools().platform;
  const [asked, setAsked] = useState(false);
  useEffect(() => frame?.onLeaving(() => setAsked(true)), [frame]);
  const answer = (leave: boolean) => {
    setAsked(false);
    frame?.answerLeaving(leave);
  };
  return (
    <Modal open={asked} onClose={() => answer(false)} title={t("window.leavingTitle")}>
      <p className="text-soft">{t("window.leaving")}</p>
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={() => answer(false)}>{t("window.stay")}</Button>
        <Button data-tone="talking" look="tone" onClick={() => answer(true)}>
          {t("window.leave")}
        </Button>
      </div>
    </Modal>
  );
}
