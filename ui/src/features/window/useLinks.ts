import { useEffect } from "react";

import { useDraft } from "../dial/draft";
import { useTools } from "../shell/DeskContext";

/** A link fills in its number and shows where to dial; the person dials. */
export function useLinks(openDial: () => void): void {
  const { links } = useTools().platform;
  useEffect(
    () =>
      links?.onNumber((number) => {
        useDraft.getState().setCallee(number);
        openDial();
        requestAnimationFrame(() => document.getElementById("dial-number")?.focus());
      }),
    [links, openDial],
  );
}
