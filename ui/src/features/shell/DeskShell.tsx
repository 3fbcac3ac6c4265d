import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";

import { mainCall } from "../../desk/state";
import { useDesk, useView } from "../../desk/store";
import { wantedPop } from "../../desk/wishes";
import { CustomerPanel } from "../customer-page/CustomerPanel";
import { DialPage } from "../dial/DialPage";
import { InboundPage } from "../inbound/InboundPage";
import { Notices } from "../notices/Notices";
import { RecordPanel } from "../records/RecordPanel";
import { RecordsPage } from "../records/RecordsPage";
import { Stage } from "../stage/Stage";
import { CompactBar } from "../window/CompactBar";
import { CustomerWindowNote } from "../window/CustomerWindowNote";
import { LeavingDialog } from "../window/LeavingDialog";
import { useCompact } from "../window/useCompact";
import { useLinks } from "../window/useLinks";
import { useRefusedPages } from "../window/useRefusedPages";
import { WorkPage } from "../work/WorkPage";
import { Announcer } from "./Announcer";
import { useTools } from "./DeskContext";
import { ElsewhereDialog } from "./ElsewhereDialog";
import { LinkStrip } from "./LinkStrip";
import { type Page, Rail } from "./Rail";
import { TopBar } from "./TopBar";
import { useTitle } from "./useTitle";
import { useShortcuts } from "./useShortcuts";
import { useWide } from "./useWide";

function PageOf({ page, onOpenRecord }: { page: Page; onOpenRecord: (callId: string) => void }) {
  switch (page) {
    case "inbound":
      return <InboundPage />;
    case "outbound":
      return <DialPage />;
    case "records":
      return <RecordsPage onOpen={onOpenRecord} />;
    case "work":
      return <WorkPage />;
  }
}

export function DeskShell() {
  const { t } = useTranslation();
  const view = useView();
  const wide = useWide();
  const [page, setPage] = useState<Page>("inbound");
  const [record, setRecord] = useState<string | null>(null);
  const pop = useDesk((state) => wantedPop(state.view)?.callId ?? null);
  const [popped, setPopped] = useState(pop);
  // The customer who is on the line comes before one of yesterday.
  if (pop !== popped) {
    setPopped(pop);
    if (pop !== null) setRecord(null);
  }
  const openDial = useCallback(() => setPage("outbound"), []);
  useShortcuts(openDial);
  useLinks(openDial);
  useRefusedPages();
  const { frame, customerWindow } = useTools().platform;
  const { compact, setCompact } = useCompact();
  const busy = mainCall(view) !== null;
  useTitle(view);

  if (compact && frame !== undefined) return <CompactBar onFull={() => setCompact(frame, false)} />;
  return (
    <div className="flex h-full flex-col overflow-hidden">
      <a href="#call" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface focus:p-3">
        {t("app.skip")}
      </a>
      <h1 className="sr-only">{t("app.desk")}</h1>
      <Announcer />
      <TopBar wide={wide} />
      <div className={wide ? "flex min-h-0 flex-1" : "flex min-h-0 flex-1 flex-col"}>
        {wide && <Rail page={page} onChange={setPage} />}
        <main
          id="call"
          tabIndex={-1}
          className={
            wide
              ? "relative flex w-[27rem] shrink-0 flex-col border-r border-line bg-canvas outline-none low:overflow-y-auto"
              : "relative flex min-h-0 w-full flex-1 flex-col bg-canvas outline-none low:overflow-y-auto"
          }
        >
          <LinkStrip busy={busy} />
          <Stage />
          <div className="relative flex min-h-0 flex-1 flex-col low:static low:min-h-max low:shrink-0">
            <div className="min-h-0 flex-1 overflow-y-auto low:overflow-visible">
              {!wide && record !== null ? (
                <RecordPanel callId={record} onClose={() => setRecord(null)} />
              ) : (
                <PageOf page={page} onOpenRecord={setRecord} />
              )}
            </div>
            <Notices />
          </div>
        </main>
        {wide && (
          <div className="relative flex min-w-0 flex-1">
            {customerWindow === undefined ? <CustomerPanel /> : <CustomerWindowNote port={customerWindow} />}
            {record !== null && (
              <div className="absolute inset-0 z-10">
                <RecordPanel key={record} callId={record} onClose={() => setRecord(null)} />
              </div>
            )}
          </div>
        )}
        {!wide && (
          <Rail
            along
            page={page}
            onChange={(target) => {
              setRecord(null);
              setPage(target);
            }}
          />
        )}
      </div>
      <ElsewhereDialog />
      {frame !== undefined && <LeavingDialog />}
    </div>
  );
}
