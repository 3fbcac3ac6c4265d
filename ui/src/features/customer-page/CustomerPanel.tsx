import { AppWindow, PanelRight, RotateCw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { useDesk } from "../../desk/store";
import { safeUrl, wantedPop } from "../../desk/wishes";
import { useTools } from "../shell/DeskContext";

/** What a page of somebody else's may do: everything but taking the desk's own window away. */
const GUEST =
  "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals";

function isOurs(url: string): boolean {
  return new URL(url).origin === window.location.origin;
}

/** The last page a call asked for stays until the next one: the agent may still be writing into it. */
function usePage(): string | null {
  const home = useDesk((state) => safeUrl(state.view?.centre.pop_home_url ?? null));
  const wanted = useDesk((state) => wantedPop(state.view)?.url ?? null);
  const [last, setLast] = useState<string | null>(wanted);
  if (wanted !== null && wanted !== last) setLast(wanted);
  return last ?? home;
}

function InTab({ url, onBringBack }: { url: string; onBringBack: () => void }) {
  const { t } = useTranslation();
  const { platform } = useTools();
  const [blocked, setBlocked] = useState(false);
  return (
    <div className="grid h-full place-content-center gap-3 p-8 text-center">
      <AppWindow aria-hidden className="mx-auto size-9 text-faint" strokeWidth={1.5} />
      <p className="text-base font-medium">{t(blocked ? "crmPanel.blockedTitle" : "crmPanel.inTab")}</p>
      <p className="max-w-80 text-soft">{t(blocked ? "crmPanel.blockedHint" : "crmPanel.inTabHint")}</p>
      <div className="mt-2 flex justify-center gap-2">
        <Button onClick={() => setBlocked(platform.customerPage?.openTab(url) === false)}>
          <AppWindow aria-hidden className="size-4" />
          {t("crmPanel.showTab")}
        </Button>
        <Button onClick={onBringBack}>
          <PanelRight aria-hidden className="size-4" />
          {t("crmPanel.bringBack")}
        </Button>
      </div>
    </div>
  );
}

export function CustomerPanel() {
  const { t } = useTranslation();
  const { platform, preferences, prefer } = useTools();
  const page = usePage();
  const [life, setLife] = useState(0);
  const known = useDesk((state) => state.view !== null);
  const lost = useDesk((state) => state.customerTabLost);
  const apply = useDesk((state) => state.apply);
  const inTab = preferences.customerPage === "tab" && !lost;

  if (!known) return null;
  if (page === null) {
    return <p className="grid flex-1 place-items-center p-8 text-center text-faint">{t("crmPanel.none")}</p>;
  }
  return (
    <aside aria-label={t("crmPanel.title")} className="flex min-w-0 flex-1 flex-col bg-surface">
      <div className="flex h-11 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4">
        <h2 className="text-[0.8125rem] font-semibold text-soft">{t("crmPanel.title")}</h2>
        <span className="min-w-0 flex-1 truncate pl-2 text-xs text-faint">{lost && t("crmPanel.tabLost")}</span>
        {!inTab && (
          <>
            <Button look="ghost" size="icon" aria-label={t("crmPanel.reload")} onClick={() => setLife(life + 1)}>
              <RotateCw aria-hidden className="size-4" />
            </Button>
            <Button
              look="ghost"
              size="small"
              onClick={() => {
                if (platform.customerPage?.openTab(page) !== true) return;
                apply({ type: "customer_tab_changed", lost: false });
                prefer({ customerPage: "tab" });
              }}
            >
              <AppWindow aria-hidden className="size-4" />
              {t("crmPanel.openTab")}
            </Button>
          </>
        )}
      </div>
      {inTab ? (
        <InTab url={page} onBringBack={() => prefer({ customerPage: "beside" })} />
      ) : (
        <iframe
          key={`${page}#${life}`}
          src={page}
          title={t("crmPanel.frame")}
          {...(isOurs(page) ? {} : { sandbox: GUEST })}
          className="min-h-0 w-full flex-1 border-0 bg-surface"
        />
      )}
    </aside>
  );
}
