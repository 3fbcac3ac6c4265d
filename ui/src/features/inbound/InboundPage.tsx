import { UsersRound } from "lucide-react";
import { useTranslation } from "react-i18next";

import { classes } from "../../components/classes";
import { useView } from "../../desk/store";

export function InboundPage() {
  const { t } = useTranslation();
  const view = useView();
  if (view === null) return null;
  const { groups } = view.agent;
  return (
    <section className="p-4" aria-labelledby="groups-title">
      <h2 id="groups-title" className="mb-2 text-[0.8125rem] font-semibold text-soft">
        {t("inbound.groups")}
      </h2>
      {groups.length === 0 ? (
        <p className="rounded-xl border border-line bg-surface p-4 text-soft">{t("inbound.none")}</p>
      ) : (
        <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
          {groups.map((group) => (
            <li key={group.skill_group_id} className="flex items-center gap-3 px-3.5 py-2.5">
              <UsersRound aria-hidden className="size-4 text-faint" />
              <span className="min-w-0 flex-1 truncate font-medium">{group.display_name}</span>
              <span className="text-xs text-faint">{t("inbound.level", { level: group.level })}</span>
              <span
                data-tone={group.waiting > 0 ? "ringing" : "break"}
                className={classes(
                  "min-w-24 rounded-md px-2 py-0.5 text-center text-xs tabular-nums",
                  group.waiting > 0 ? "bg-tone-soft font-semibold text-tone-ink" : "text-faint",
                )}
              >
                {group.waiting > 0 ? `${t("inbound.waiting")} ${group.waiting}` : t("inbound.nobody")}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
