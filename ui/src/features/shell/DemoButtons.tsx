import { UserRound, UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { useTools } from "./DeskContext";

export const TEN = 10;

export function DemoButtons() {
  const { t } = useTranslation();
  const { desk } = useTools();
  return (
    <div role="group" aria-label={t("demo.label")} className="flex items-center gap-2" title={t("demo.hint")}>
      <Button size="small" onClick={() => desk.act({ type: "customer_calls", count: 1 })}>
        <UserRound aria-hidden className="size-4 text-brass" />
        {t("demo.one")}
      </Button>
      <Button size="small" onClick={() => desk.act({ type: "customer_calls", count: TEN })}>
        <UsersRound aria-hidden className="size-4 text-brass" />
        {t("demo.ten")}
      </Button>
    </div>
  );
}
