import { Grip } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { DialPad } from "../../components/DialPad";
import { MENU } from "../../components/menus";
import type { CallView } from "../../generated/CallView";
import { useTools } from "../shell/DeskContext";

export const CONTROL =
  "flex h-14 flex-col items-center justify-center gap-0.5 rounded-xl border border-line bg-surface text-xs font-medium " +
  "text-ink transition-colors hover:border-line-strong hover:bg-sunken disabled:cursor-not-allowed disabled:opacity-40";

const SHOWN_DIGITS = 20;

/** Keys for the far side's menus, by click or keyboard. Opens over the page and moves nothing. */
export function Keypad({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const { desk } = useTools();
  const [sent, setSent] = useState({ callId: call.call_id, digits: "" });
  const digits = sent.callId === call.call_id ? sent.digits : "";
  const possible = call.phase === "talking" || call.phase === "alerting";
  const press = (digit: string) => {
    setSent({ callId: call.call_id, digits: digits + digit });
    desk.act({ type: "digits", call_id: call.call_id, digits: digit });
  };
  return (
    <Popover.Root>
      <Popover.Trigger id="keypad-button" aria-keyshortcuts="Alt+K" disabled={!possible} className={CONTROL}>
        <Grip aria-hidden className="size-5" />
        {t("call.keypad")}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="bottom"
          sideOffset={8}
          aria-label={t("call.keypad")}
          className={`${MENU} w-64 p-3`}
          onKeyDown={(event) => {
            if (/^[0-9*#]$/.test(event.key)) {
              event.preventDefault();
              press(event.key);
            }
          }}
        >
          <output
            aria-label={t("call.sent")}
            className="mb-2 flex h-9 items-center justify-center rounded-lg bg-sunken font-mono text-lg tracking-widest"
          >
            {digits.slice(-SHOWN_DIGITS)}
          </output>
          <DialPad onPress={press} />
          <p className="mt-2 text-center text-xs text-faint">{t("call.keypadHint")}</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
