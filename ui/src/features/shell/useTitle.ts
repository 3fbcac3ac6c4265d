import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { sceneOf } from "../../desk/scene";
import type { DeskView } from "../../generated/DeskView";

/** The state in the tab's title. At a ring the notifier has the title to itself. */
export function useTitle(view: DeskView | null): void {
  const { t } = useTranslation();
  const kind = view === null ? "loading" : sceneOf(view).kind;
  const name = t("app.name");
  const word = t(`state.${kind}`);
  useEffect(() => {
    if (kind !== "ringing") document.title = `${word} · ${name}`;
  }, [kind, word, name]);
  useEffect(
    () => () => {
      document.title = name;
    },
    [name],
  );
}
