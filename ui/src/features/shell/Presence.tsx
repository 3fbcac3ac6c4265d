import { Check, ChevronDown, Coffee, Headphones } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { classes } from "../../components/classes";
import { mainCall } from "../../desk/state";
import { useView } from "../../desk/store";
import type { Presence as PresenceChoice } from "../../generated/Presence";
import { BreakMenu } from "./BreakMenu";
import { useTools } from "./DeskContext";
import { BREAK_MENU } from "./openBreakMenu";

const HALF = "flex h-9 items-center gap-1.5 px-2.5 text-[0.8125rem] font-medium transition-colors lg:px-3";

/** What the agent chose; in a call what comes after it. */
export function Presence() {
  const { t } = useTranslation();
  const { desk } = useTools();
  const view = useView();
  const [open, setOpen] = useState(false);
  if (view === null) return null;
  const { presence, next_presence } = view.agent;
  const later = mainCall(view) !== null || view.wrap_up !== null;
  const shown: PresenceChoice = later && next_presence !== null ? next_presence : presence;
  const half = (on: boolean) =>
    classes(HALF, on ? "bg-tone-soft text-tone-ink" : "bg-surface text-soft hover:bg-sunken hover:text-ink");

  return (
    <div role="group" aria-label={t("presence.label")} className="flex shrink-0 overflow-hidden rounded-lg border border-line">
      <button
        type="button"
        data-tone="ready"
        aria-pressed={shown.type === "ready"}
        aria-keyshortcuts="Alt+R"
        className={half(shown.type === "ready")}
        onClick={() => desk.act({ type: "ready" })}
      >
        {shown.type === "ready" ? <Check aria-hidden className="size-4" /> : <Headphones aria-hidden className="size-4" />}
        {t("presence.ready")}
      </button>
      <DropdownMenu.Root open={open} onOpenChange={setOpen}>
        <DropdownMenu.Trigger
          data-tone="break"
          aria-pressed={shown.type === "break"}
          aria-keyshortcuts="Alt+B"
          id={BREAK_MENU}
          className={classes(half(shown.type === "break"), "border-l border-line")}
        >
          {shown.type === "break" ? <Check aria-hidden className="size-4" /> : <Coffee aria-hidden className="size-4" />}
          {t("presence.break")}
          <ChevronDown aria-hidden className="size-3.5" />
        </DropdownMenu.Trigger>
        <BreakMenu
          codes={view.centre.break_codes}
          onChoose={(code) => {
            setOpen(false);
            desk.act({ type: "break", code });
          }}
        />
      </DropdownMenu.Root>
    </div>
  );
}
