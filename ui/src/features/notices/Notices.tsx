import { useTranslation } from "react-i18next";

import { useDesk } from "../../desk/store";
import { SoundProblem } from "../sound/SoundProblem";
import { SoundTrouble } from "../sound/SoundTrouble";
import { useTools } from "../shell/DeskContext";
import { NoticeCard } from "./NoticeCard";

/** What went wrong, until it has been read. Lies over the page's lower end, so that nothing moves for it. */
export function Notices() {
  const { t } = useTranslation();
  const { desk } = useTools();
  const notices = useDesk((state) => state.view?.notices) ?? [];
  const own = useDesk((state) => state.ownNotices);
  const apply = useDesk((state) => state.apply);
  return (
    <section
      aria-label={t("notice.label")}
      className="pointer-events-none absolute inset-x-0 bottom-0 z-10 flex max-h-[55%] flex-col justify-end gap-2 overflow-y-auto p-3 [&>*]:pointer-events-auto"
    >
      <SoundProblem />
      <SoundTrouble />
      {notices.map((notice) => (
        <NoticeCard
          key={notice.notice_id}
          title={t(`notice.title.${notice.code}`)}
          message={notice.message}
          reference={notice.notice_id}
          at={notice.at_ms}
          onRead={() => desk.act({ type: "dismiss_notice", notice_id: notice.notice_id })}
        />
      ))}
      {own.map((notice) => (
        <NoticeCard
          key={notice.key}
          title={t(notice.kind === "refused" ? "notice.title.refused" : "notice.title.call_lost")}
          message={notice.kind === "refused" ? notice.refusal.message : t("notice.callGone", { number: notice.number })}
          reference={notice.kind === "refused" ? notice.refusal.reference : ""}
          at={notice.at}
          onRead={() => apply({ type: "notice_read", key: notice.key })}
        />
      ))}
    </section>
  );
}
