import { Stethoscope } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import type { CheckPort } from "../../platform/ports";
import { CheckDialog } from "../check/CheckDialog";

/** The shift check before the shift. */
export function CheckOffer({ check }: { check: CheckPort }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <div className="mt-4 flex justify-center">
      <Button look="ghost" size="small" onClick={() => setOpen(true)}>
        <Stethoscope aria-hidden className="size-4" /> {t("check.offer")}
      </Button>
      {open && <CheckDialog check={check} open onClose={() => setOpen(false)} />}
    </div>
  );
}
