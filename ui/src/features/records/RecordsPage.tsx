import { RefreshCw } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { Trouble } from "../../components/Trouble";
import { useRecentCalls } from "./queries";
import { RecordRowView } from "./RecordRowView";

export function RecordsPage({ onOpen }: { onOpen: (callId: string) => void }) {
  const { t } = useTranslation();
  const calls = useRecentCalls();
  const rows = calls.data?.pages.flatMap((page) => page.List ?? []) ?? [];
  return (
    <section className="p-4" aria-labelledby="records-title">
      <div className="mb-1.5 flex items-center justify-between">
        <h2 id="records-title" className="text-[0.8125rem] font-semibold text-soft">
          {t("records.title")}
        </h2>
        <Button look="ghost" size="icon" aria-label={t("records.refresh")} onClick={() => void calls.refetch()}>
          <RefreshCw aria-hidden className={calls.isFetching ? "size-4 animate-spin" : "size-4"} />
        </Button>
      </div>
      {calls.isError && <Trouble error={calls.error} onRetry={() => void calls.refetch()} />}
      {calls.isSuccess && rows.length === 0 && (
        <p className="rounded-xl border border-line bg-surface p-4 text-soft">{t("records.empty")}</p>
      )}
      {rows.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
          {rows.map((row) => (
            <RecordRowView key={row.ContactId} row={row} onOpen={() => onOpen(row.ContactId)} />
          ))}
        </ul>
      )}
      {calls.hasNextPage && (
        <Button look="ghost" className="mt-2 w-full" disabled={calls.isFetching} onClick={() => void calls.fetchNextPage()}>
          {t("records.more")}
        </Button>
      )}
    </section>
  );
}
