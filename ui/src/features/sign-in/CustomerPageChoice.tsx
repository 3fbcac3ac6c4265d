import { AppWindow, PanelRight } from "lucide-react";
import { ToggleGroup } from "radix-ui";
import { useTranslation } from "react-i18next";

import type { Preferences } from "../../platform/ports";

type Place = Preferences["customerPage"];

const ITEM =
  "flex h-9 flex-1 items-center justify-center gap-2 rounded-md text-[0.8125rem] text-soft data-[state=on]:bg-surface " +
  "data-[state=on]:font-medium data-[state=on]:text-ink data-[state=on]:shadow-card";

export function CustomerPageChoice({ place, onChange }: { place: Place; onChange: (place: Place) => void }) {
  const { t } = useTranslation();
  return (
    <fieldset className="mt-4">
      <legend className="mb-1 font-medium">{t("signIn.customerPage")}</legend>
      <ToggleGroup.Root
        type="single"
        value={place}
        onValueChange={(value) => {
          if (value === "beside" || value === "tab") onChange(value);
        }}
        aria-label={t("signIn.customerPage")}
        className="flex rounded-lg bg-canvas p-0.5"
      >
        <ToggleGroup.Item value="beside" className={ITEM}>
          <PanelRight aria-hidden className="size-4" />
          {t("signIn.beside")}
        </ToggleGroup.Item>
        <ToggleGroup.Item value="tab" className={ITEM}>
          <AppWindow aria-hidden className="size-4" />
          {t("signIn.ownTab")}
        </ToggleGroup.Item>
      </ToggleGroup.Root>
      <p className="mt-1 text-xs text-faint">{t(place === "tab" ? "signIn.ownTabHint" : "signIn.besideHint")}</p>
    </fieldset>
  );
}
