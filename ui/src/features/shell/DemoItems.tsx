import { UserRound, UsersRound } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useTranslation } from "react-i18next";

import { MENU_ITEM } from "../../components/menus";
import { useView } from "../../desk/store";
import { TEN } from "./DemoButtons";
import { useTools } from "./DeskContext";
import { useWide } from "./useWide";

/** The demo's buttons, for desks too narrow to show them in the bar. */
export function DemoItems() {
  const { t } = useTranslation();
  const { desk } = useTools();
  const view = useView();
  const wide = useWide();
  if (wide || view?.centre.demo !== true) return null;
  return (
    <DropdownMenu.Group aria-label={t("demo.label")}>
      <DropdownMenu.Item className={MENU_ITEM} onSelect={() => desk.act({ type: "customer_calls", count: 1 })}>
        <UserRound aria-hidden className="size-4 text-brass" /> {t("demo.one")}
      </DropdownMenu.Item>
      <DropdownMenu.Item className={MENU_ITEM} onSelect={() => desk.act({ type: "customer_calls", count: TEN })}>
        <UsersRound aria-hidden className="size-4 text-brass" /> {t("demo.ten")}
      </DropdownMenu.Item>
    </DropdownMenu.Group>
  );
}
