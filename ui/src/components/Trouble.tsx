import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import { DoorError } from "../platform/ports";
import { Button } from "./Button";

/** Something could not be loaded: what, why, and the way to try again. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const door = error instanceof DoorError ? error : null;
  return (
    <div role="alert" data-tone="talking" className="flex gap-2.5 rounded-xl bg-tone-soft p-3 text-[0.8125rem] text-tone-ink">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">
        <p>{door?.message ?? t("errors.load")}</p>
        {door?.reference != null && <p className="text-xs select-all">{t("notice.reference", { id: door.reference })}</p>}
      </div>
      <Button size="small" onClick={onRetry}>
        {t("errors.retry")}
      </Button>
    </div>
  );
}
