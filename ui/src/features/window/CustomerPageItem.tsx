import { PanelsTopLeft } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useTranslation } from "react-i18next";

import { MENU_ITEM } from "../../components/menus";
import { useView } from "../../desk/store";
import { wantedPop } from "../../desk/wishes";
import { useTools } from "../shell/DeskContext";

/** Brings the customer's page back after the person closed it; a narrow desk has no other place for that. */
export function CustomerPageItem() {
  const { t } = useTranslation();
  const { customerWindow } = useTools().platform;
  const view = useView();
  if (customerWindow === undefined) return null;
  const nothing = wantedPop(view) === null && (view?.centre.pop_home_url ?? null) === null;
  return (
    <DropdownMenu.Item className={MENU_ITEM} disabled={nothing} onSelect={() => customerWindow.show()}>
      <PanelsTopLeft aria-hidden className="size-4" /> {t("window.customerOpen")}
    </DropdownMenu.Item>
  );
}
