import { useTranslation } from "react-i18next";

import { customerOf, sceneOf } from "../../desk/scene";
import { useView } from "../../desk/store";

/** Tells a screen reader what the eye sees: a ring at once, other states in their turn. */
export function Announcer() {
  const { t } = useTranslation();
  const view = useView();
  const scene = view === null ? null : sceneOf(view);
  const ring =
    scene?.kind === "ringing"
      ? t("announce.ringing", {
          number: customerOf(scene.call),
          where: [scene.call.city, scene.call.queue].filter((part) => part !== null).join(", "),
        })
      : "";
  const state = scene === null ? "" : t("announce.state", { state: t(`state.${scene.kind}`) });
  return (
    <>
      <div className="sr-only" aria-live="assertive" role="alert">
        {ring}
      </div>
      <div className="sr-only" aria-live="polite" role="status">
        {state}
      </div>
    </>
  );
}
