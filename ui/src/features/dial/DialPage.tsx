import { Delete, Phone } from "lucide-react";
import { type SyntheticEvent, useId } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { DialPad } from "../../components/DialPad";
import { isPending, mainCall } from "../../desk/state";
import { useDesk } from "../../desk/store";
import { useTools } from "../shell/DeskContext";
import { OutboundNumberChoice } from "./OutboundNumberChoice";
import { useDraft } from "./draft";

const LONGEST = 32;

export function DialPage() {
  const { t } = useTranslation();
  const { desk, preferences } = useTools();
  const view = useDesk((state) => state.view);
  const dialling = useDesk((state) => isPending(state, "dial"));
  const { callee, setCallee } = useDraft();
  const note = useId();
  const signedOut = view?.agent.presence.type === "offline";
  const inCall = mainCall(view) !== null;
  const reason = signedOut
    ? t("dial.notNowSignedOut")
    : inCall
      ? t("dial.notNow")
      : view?.centre.trunk_up === false
        ? t("dial.trunkDown")
        : null;

  function dial(event: SyntheticEvent) {
    event.preventDefault();
    if (callee.trim() === "" || inCall || signedOut) return;
    desk.act({ type: "dial", callee: callee.trim(), caller: preferences.outboundNumber || null });
  }

  return (
    <form onSubmit={dial} className="flex flex-col gap-3 p-4" aria-label={t("dial.title")}>
      <div className="flex gap-2">
        <div className="relative flex-1">
          <input
            id="dial-number"
            type="tel"
            inputMode="tel"
            autoComplete="off"
            aria-label={t("dial.number")}
            aria-describedby={note}
            placeholder={t("dial.placeholder")}
            maxLength={LONGEST}
            value={callee}
            onChange={(event) => setCallee(event.target.value)}
            className="h-11 w-full rounded-xl border border-line-strong bg-surface pr-10 pl-3.5 text-lg tracking-wide tabular-nums placeholder:text-base placeholder:tracking-normal placeholder:text-faint"
          />
          {callee !== "" && (
            <Button
              look="ghost"
              size="icon"
              className="absolute top-1.5 right-1.5"
              aria-label={t("dial.erase")}
              onClick={() => setCallee(callee.slice(0, -1))}
            >
              <Delete aria-hidden className="size-4" />
            </Button>
          )}
        </div>
        <Button
          type="submit"
          data-tone="ready"
          look="tone"
          className="h-11 rounded-xl px-5"
          disabled={callee.trim() === "" || inCall || signedOut || dialling}
        >
          <Phone aria-hidden className="size-4" />
          {t("dial.call")}
        </Button>
      </div>
      {/* Keeps its line when empty, so that nothing moves when a call begins. */}
      <p id={note} className="-my-1 min-h-4 text-xs text-faint">
        {reason}
      </p>
      <OutboundNumberChoice />
      <div role="group" aria-label={t("dial.pad")}>
        <DialPad onPress={(digit) => setCallee((callee + digit).slice(0, LONGEST))} />
      </div>
    </form>
  );
}
