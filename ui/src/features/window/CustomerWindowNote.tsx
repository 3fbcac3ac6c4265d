import { AppWindow } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";

/** Where the customer page would be, had it no window of its own. */
export function CustomerWindowNote({ onShow }: { onShow: () => void }) {
  const { t } = useTranslation();
  return (
    <aside aria-label={t("crmPanel.title")} className="grid flex-1 place-content-center gap-3 bg-surface p-8 text-center">
      <AppWindow aria-hidden className="mx-auto size-9 text-faint" strokeWidth={1.5} />
      <p className="text-base font-medium">{t("window.customerTitle")}</p>
      <p className="max-w-80 text-soft">{t("window.customerHint")}</p>
      <Button className="mx-auto mt-2" onClick={onShow}>
        {t("window.customerShow")}
      </Button>
    </aside>
  );
}
