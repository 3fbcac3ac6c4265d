import { LoaderCircle } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useLasting } from "../../components/useLasting";
import { useClock } from "../../components/useNow";
import { useDesk } from "../../desk/store";

const PATIENCE_MS = 700;

/** Lies over the state's band while the gateway is out of reach, because that state may be old. Moves nothing. */
export function LinkStrip({ busy }: { busy: boolean }) {
  const { t } = useTranslation();
  const link = useDesk((state) => state.link);
  const skew = useDesk((state) => state.skewMs);
  const known = useDesk((state) => state.view !== null);
  const sounding = useDesk((state) => state.sound.media === "connected");
  const seconds = useClock((now) =>
    link.phase === "waiting" ? Math.max(0, Math.ceil((link.retryAt + skew - now) / 1_000)) : 0,
  );
  const away = link.phase === "connecting" || link.phase === "waiting";
  // A socket that is only made anew, for instance in another language, is nobody's concern.
  const lasting = useLasting(away, PATIENCE_MS);
  if (!away || (known && !lasting)) return null;
  const text = !known
    ? t("link.connecting")
    : seconds > 0
      ? t("link.waiting", { seconds })
      : t("link.reconnecting");
  return (
    <div
      role="status"
      className="absolute inset-x-0 top-0 z-20 flex h-11 items-center gap-2.5 bg-solid px-4 text-[0.8125rem] text-on-solid"
    >
      <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin" />
      <span className="truncate">
        {text}
        {busy && ` · ${t(sounding ? "link.callGoesOn" : "link.soundLostToo")}`}
      </span>
    </div>
  );
}
