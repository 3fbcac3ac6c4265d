import { Languages } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import type { Locale } from "../../generated/Locale";
import { useSettings } from "./SettingsContext";

/** Names the language one would switch to, in that language. */
export function LanguageSwitch() {
  const { i18n } = useTranslation();
  const { setLocale } = useSettings();
  const other: Locale = i18n.language === "en" ? "zh-CN" : "en";
  return (
    <Button look="ghost" size="small" lang={other} onClick={() => setLocale(other)}>
      <Languages aria-hidden className="size-4" />
      {other === "en" ? "English" : "中文"}
    </Button>
  );
}
