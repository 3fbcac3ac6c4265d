import { useId } from "react";
import { useTranslation } from "react-i18next";

import { SELECT } from "../../components/fields";
import { useOutboundNumbers } from "../records/queries";
import { useTools } from "../shell/DeskContext";

/** Which of the agent's numbers the customer sees; by default the centre picks one. */
export function OutboundNumberChoice() {
  const { t } = useTranslation();
  const { preferences, prefer } = useTools();
  const id = useId();
  const { data } = useOutboundNumbers();
  const numbers = data ?? [];
  const chosen = numbers.some((number) => number.Number === preferences.outboundNumber) ? preferences.outboundNumber : "";
  return (
    <div className="flex items-center gap-3">
      <label htmlFor={id} className="shrink-0 text-[0.8125rem] text-soft">
        {t("dial.caller")}
      </label>
      <select
        id={id}
        value={chosen}
        onChange={(event) => prefer({ outboundNumber: event.target.value })}
        className={SELECT}
      >
        <option value="">{t("dial.auto")}</option>
        {numbers.map((number) => (
          <option key={number.Number} value={number.Number}>
            {number.City === undefined || number.City === "" ? number.Number : `${number.Number} · ${number.City}`}
          </option>
        ))}
      </select>
      {data?.length === 0 && <p className="text-xs text-faint">{t("dial.noNumbers")}</p>}
    </div>
  );
}
