import { useTranslation } from "react-i18next";

import type { OwnNotice } from "../../desk/state";
import { useDesk } from "../../desk/store";
import { SoundProblem } from "../sound/SoundProblem";
import { SoundTrouble } from "../sound/SoundTrouble";
import { useTools } from "../shell/DeskContext";
import { NoticeCard } from "./NoticeCard";

type Words = ReturnType<typeof useTranslation>["t"];

/** A notice of this desk's own in words. */
function wordsOf(notice: OwnNotice, t: Words): { title: string; message: string; reference: string } {
  switch (notice.kind) {
    case "refused":
      return { title: t("notice.title.refused"), message: notice.refusal.message, reference: notice.refusal.reference };
    case "call_gone":
      return { title: t("notice.title.call_lost"), message: t("notice.callGone", { number: notice.number }), reference: "" };
    case "page_refused":
      return { title: t("notice.title.page_refused"), message: t("notice.pageRefused"), reference: "" };
  }
}

/**
 * What went wrong, until it has been read. Lies over the page below the call, so that nothing moves for it and no button
 * of the call is covered; the newest is put on top, so that the others stay where they are. A window too low for that has
 * it over the call's lesser facts.
 */
export function Notices() {
  const { t } = useTranslation();
  const { desk } = useTools();
  const notices = useDesk((state) => state.view?.notices) ?? [];
  const own = useDesk((state) => state.ownNotices);
  const apply = useDesk((state) => state.apply);
  return (
    <section
      aria-label={t("notice.label")}
      className="pointer-events-none absolute inset-x-0 bottom-0 z-10 flex max-h-full flex-col gap-2 overflow-y-auto p-3 [&>*]:pointer-events-auto low:top-[8.5rem] low:bottom-auto low:max-h-[6.5rem] low:py-1"
    >
      <SoundProblem />
      <SoundTrouble />
      {own.toReversed().map((notice) => (
        <NoticeCard
          key={notice.key}
          {...wordsOf(notice, t)}
          at={notice.at}
          onRead={() => apply({ type: "notice_read", key: notice.key })}
        />
      ))}
      {notices.toReversed().map((notice) => (
        <NoticeCard
          key={notice.notice_id}
          title={t(`notice.title.${notice.code}`)}
          message={notice.message}
          reference={notice.notice_id}
          at={notice.at_ms}
          onRead={() => desk.act({ type: "dismiss_notice", notice_id: notice.notice_id })}
        />
      ))}
    </section>
  );
}
