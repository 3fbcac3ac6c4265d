import { useTranslation } from "react-i18next";

import { clock } from "../../components/time";
import type { DeskView } from "../../generated/DeskView";
import { useToday } from "../records/queries";

/** Three figures while no call is on. Nothing here can be pressed. */
export function Glance({ view }: { view: DeskView }) {
  const { t } = useTranslation();
  const today = useToday();
  const waiting = view.agent.groups.reduce((sum, group) => sum + group.waiting, 0);
  const figures: [string, string][] = [
    [t("inbound.waiting"), String(waiting)],
    [`${t("work.today")} · ${t("work.calls")}`, today === null ? "–" : String(today.calls)],
    [`${t("work.today")} · ${t("work.talkTime")}`, today === null ? "–" : clock(today.talkedMs)],
  ];
  return (
    <dl className="mx-4 mt-auto mb-4 grid grid-cols-3 divide-x divide-line rounded-xl border border-line bg-sunken">
      {figures.map(([name, value]) => (
        <div key={name} className="flex flex-col-reverse px-3 py-3 text-center">
          <dt className="truncate text-2xs text-faint">{name}</dt>
          <dd className="truncate text-lg font-semibold tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
