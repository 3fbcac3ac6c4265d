import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { useTools } from "../shell/DeskContext";

export function Notifications() {
  const { t } = useTranslation();
  const { notifier } = useTools().platform;
  const [permission, setPermission] = useState(notifier?.permission() ?? "denied");
  if (notifier === undefined) return null;
  return (
    <div>
      <p className="mb-1 font-medium">{t("sound.notifications")}</p>
      {permission === "ask" ? (
        <Button size="small" onClick={() => void notifier.ask().then(() => setPermission(notifier.permission()))}>
          {t("sound.notificationsAsk")}
        </Button>
      ) : (
        <p className="text-xs text-faint">
          {t(permission === "granted" ? "sound.notificationsGranted" : "sound.notificationsDenied")}
        </p>
      )}
    </div>
  );
}
