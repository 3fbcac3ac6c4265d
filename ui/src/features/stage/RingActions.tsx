import { Phone, PhoneOff } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useNow } from "../../components/useNow";
import { isPending } from "../../desk/state";
import { useDesk } from "../../desk/store";
import type { CallView } from "../../generated/CallView";
import { useTools } from "../shell/DeskContext";

const ACTION =
  "flex h-16 items-center justify-center gap-2.5 rounded-xl font-semibold text-white transition-colors disabled:opacity-60";

export function RingActions({ call }: { call: CallView }) {
  const { t } = useTranslation();
  const { desk } = useTools();
  const now = useNow();
  const answering = useDesk((state) => isPending(state, "answer"));
  const declining = useDesk((state) => isPending(state, "decline"));
  const left = call.ring_ends_ms === null ? null : Math.max(0, Math.ceil((call.ring_ends_ms - now) / 1_000));
  return (
    <>
      <div className="flex gap-2.5">
        <button
          type="button"
          data-tone="ready"
          aria-keyshortcuts="Alt+A"
          disabled={answering || declining}
          className={`${ACTION} flex-[2.4] bg-tone text-lg hover:bg-tone-hover`}
          onClick={() => desk.act({ type: "answer", call_id: call.call_id })}
        >
          <Phone aria-hidden className="size-6" />
          {t("ring.answer")}
        </button>
        <button
          type="button"
          data-tone="talking"
          aria-keyshortcuts="Alt+X"
          disabled={answering || declining}
          className={`${ACTION} flex-1 bg-tone text-[0.9375rem] hover:bg-tone-hover`}
          onClick={() => desk.act({ type: "decline", call_id: call.call_id })}
        >
          <PhoneOff aria-hidden className="size-[1.125rem]" />
          {t("ring.decline")}
        </button>
      </div>
      {left !== null && <p className="mt-3 text-center text-xs text-faint tabular-nums">{t("ring.endsIn", { seconds: left })}</p>}
    </>
  );
}
