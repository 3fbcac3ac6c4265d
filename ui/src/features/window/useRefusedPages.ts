import { useEffect } from "react";

import { useDesk } from "../../desk/store";
import { useTools } from "../shell/DeskContext";

/** A browser that did not take the customer's page is said as a notice. */
export function useRefusedPages(): void {
  const { customerWindow } = useTools().platform;
  const apply = useDesk((state) => state.apply);
  useEffect(
    () => customerWindow?.onRefused(() => apply({ type: "customer_page_refused", at: Date.now() })),
    [customerWindow, apply],
  );
}
