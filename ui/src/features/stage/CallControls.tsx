import { Mic, MicOff, Pause, PhoneOff, Play } from "lucide-react";
import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { classes } from "../../components/classes";
import { useView } from "../../desk/store";
import type { CallView } from "../../generated/CallView";
import { useTools } from "../shell/DeskContext";
import { CONTROL, Keypad } from "./Keypad";

function Hint({ text, children }: { text: string; children: ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content sideOffset={6} className="z-40 max-w-64 rounded-lg bg-solid px-2.5 py-1.5 text-xs text-on-solid">
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

export function CallControls({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const { desk } = useTools();
  const view = useView();
  const id = call.call_id;
  const talking = call.phase === "talking";
  const held = call.phase === "held";
  const forbidden = call.direction === "inbound" && view?.centre.may_hang_up_inbound === false;
  const hangUp = (
    <button
      type="button"
      data-tone="talking"
      aria-keyshortcuts="Alt+H"
      aria-disabled={forbidden || undefined}
      className={classes(
        "flex h-14 w-full flex-col items-center justify-center gap-0.5 rounded-xl text-xs font-semibold text-white transition-colors",
        forbidden ? "cursor-not-allowed bg-line-strong" : "bg-tone hover:bg-tone-hover",
      )}
      onClick={() => {
        if (!forbidden) desk.act({ type: "hang_up", call_id: id });
      }}
    >
      <PhoneOff aria-hidden className="size-5" />
      {t("call.hangUp")}
    </button>
  );
  return (
    <div className="grid grid-cols-[1fr_1fr_1fr_1.35fr] gap-2">
      <button
        type="button"
        aria-pressed={call.muted}
        aria-keyshortcuts="Alt+M"
        disabled={!talking && !held}
        className={classes(CONTROL, call.muted && "border-tone bg-tone-soft text-tone-ink")}
        onClick={() => desk.act({ type: "mute", call_id: id, muted: !call.muted })}
      >
        {call.muted ? <MicOff aria-hidden className="size-5" /> : <Mic aria-hidden className="size-5" />}
        {t(call.muted ? "call.unmute" : "call.mute")}
      </button>
      <button
        type="button"
        aria-pressed={held}
        aria-keyshortcuts="Alt+O"
        disabled={!talking && !held}
        className={classes(CONTROL, held && "border-tone bg-tone-soft text-tone-ink")}
        onClick={() => desk.act({ type: held ? "retrieve" : "hold", call_id: id })}
      >
        {held ? <Play aria-hidden className="size-5" /> : <Pause aria-hidden className="size-5" />}
        {t(held ? "call.retrieve" : "call.hold")}
      </button>
      <Keypad call={call} />
      {forbidden ? <Hint text={t("call.hangUpForbidden")}>{hangUp}</Hint> : hangUp}
    </div>
  );
}
