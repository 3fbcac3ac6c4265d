import { AppWindow, Globe } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import type { CustomerWindowPort } from "../../platform/ports";
import { useCustomerPlace } from "./useCustomerPlace";

const WORDS = {
  window: { Icon: AppWindow, title: "window.customerTitle", hint: "window.customerHint", show: "window.customerShow" },
  browser: { Icon: Globe, title: "window.browserTitle", hint: "window.browserHint", show: "window.browserShow" },
} as const;

/** Where the customer page would be, were it not shown elsewhere. */
export function CustomerWindowNote({ port }: { port: CustomerWindowPort }) {
  const { t } = useTranslation();
  const { place, read } = useCustomerPlace();
  useEffect(() => void read(port).catch(() => undefined), [port, read]);
  const { Icon, title, hint, show } = WORDS[place ?? "window"];
  return (
    <aside aria-label={t("crmPanel.title")} className="grid flex-1 place-content-center gap-3 bg-surface p-8 text-center">
      <Icon aria-hidden className="mx-auto size-9 text-faint" strokeWidth={1.5} />
      <p className="text-base font-medium">{t(title)}</p>
      <p className="max-w-80 text-soft">{t(hint)}</p>
      <Button className="mx-auto mt-2" onClick={() => port.show()}>
        {t(show)}
      </Button>
    </aside>
  );
}
