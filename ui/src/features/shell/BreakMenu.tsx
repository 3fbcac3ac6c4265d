import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { MENU, MENU_ITEM } from "../../components/menus";
import { breakWord } from "./words";

const LONGEST_CODE = 64;

export function BreakMenu({ codes, onChoose }: { codes: readonly string[]; onChoose: (code: string) => void }) {
  const { t } = useTranslation();
  const [own, setOwn] = useState("");
  return (
    <DropdownMenu.Portal>
      <DropdownMenu.Content align="start" sideOffset={6} className={MENU}>
        <DropdownMenu.Label className="px-2.5 py-1 text-xs text-faint">{t("presence.breakReason")}</DropdownMenu.Label>
        {codes.map((code) => (
          <DropdownMenu.Item key={code} className={MENU_ITEM} onSelect={() => onChoose(code)}>
            {breakWord(code, t)}
          </DropdownMenu.Item>
        ))}
        <DropdownMenu.Separator className="my-1 h-px bg-line" />
        <form
          className="flex gap-1.5 p-1.5"
          onSubmit={(event) => {
            event.preventDefault();
            if (own.trim() !== "") onChoose(own.trim());
          }}
        >
          <input
            aria-label={t("presence.otherReason")}
            placeholder={t("presence.otherPlaceholder")}
            maxLength={LONGEST_CODE}
            value={own}
            onChange={(event) => setOwn(event.target.value)}
            // The menu would take letters for its own search and arrows for its own movement.
            onKeyDown={(event) => event.key !== "Escape" && event.key !== "Tab" && event.stopPropagation()}
            className="h-8 w-full min-w-0 rounded-lg border border-line-strong bg-surface px-2.5 text-[0.8125rem]"
          />
          <Button type="submit" size="small" look="outline" disabled={own.trim() === ""}>
            {t("presence.use")}
          </Button>
        </form>
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  );
}
