import { Coffee, Headphones, TimerOff } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { PhoneNumber } from "../../components/PhoneNumber";
import { clock, length } from "../../components/time";
import { useNow } from "../../components/useNow";
import { customerOf } from "../../desk/scene";
import type { WrapUpView } from "../../generated/WrapUpView";
import { useTools } from "../shell/DeskContext";
import { openBreakMenu } from "../shell/openBreakMenu";

/** After-call work: what happened, how long is left, and where to go from here. */
export function WrapUpBody({ wrapUp }: { wrapUp: WrapUpView }) {
  const { t } = useTranslation();
  const { desk } = useTools();
  const now = useNow();
  const { call } = wrapUp;
  const customer = customerOf(call);
  return (
    <div className="flex h-full flex-col px-4 pt-3.5 pb-3">
      <p className="text-xs text-faint">
        {t(call.direction === "inbound" ? "call.inbound" : "call.outbound")} · {t(`wrapUp.by.${call.by}`)}
        {call.talked_ms > 0 && ` · ${t("wrapUp.talked", { time: length(call.talked_ms, t) })}`}
      </p>
      <h2 className="truncate text-[1.75rem]/9 font-semibold tracking-tight">
        {customer === "" ? t("call.unknownNumber") : <PhoneNumber number={customer} />}
      </h2>
      <p className="line-clamp-2 text-[0.8125rem] text-soft">{call.sentence}</p>
      <div className="mt-auto mb-2 flex items-center justify-between text-[0.8125rem] text-tone-ink">
        <span className="font-medium tabular-nums">
          {wrapUp.ends_ms === null ? t("wrapUp.kept") : t("wrapUp.remaining", { time: clock(wrapUp.ends_ms - now) })}
        </span>
        {wrapUp.ends_ms !== null && (
          <Button look="ghost" size="small" onClick={() => desk.act({ type: "keep_wrap_up" })}>
            <TimerOff aria-hidden className="size-4" />
            {t("wrapUp.keep")}
          </Button>
        )}
      </div>
      <div className="flex gap-2">
        <Button data-tone="ready" look="tone" className="h-10 flex-[1.6]" onClick={() => desk.act({ type: "ready" })}>
          <Headphones aria-hidden className="size-4" />
          {t("wrapUp.ready")}
        </Button>
        <Button className="h-10 flex-1" onClick={openBreakMenu}>
          <Coffee aria-hidden className="size-4" />
          {t("wrapUp.break")}
        </Button>
      </div>
    </div>
  );
}
