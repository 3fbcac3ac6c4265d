import { Building2, CalendarDays, MapPin, UserRoundPlus } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { PhoneNumber } from "../components/PhoneNumber";
import { useTheme } from "../features/shell/useTheme";
import type { Locale } from "../generated/Locale";
import type { Preferences } from "../platform/ports";
import { CallStrip } from "./CallStrip";
import { CrmHome } from "./CrmHome";
import { Notes } from "./Notes";
import { Orders } from "./Orders";
import { callFrom } from "./call";
import { customerBy, plain } from "./customers";

const TIER_TONE = { gold: "ringing", silver: "wrap_up", standard: "break" } as const;

/** The demo's CRM: the card of whoever is on the telephone. */
export function CrmPage({ search, theme }: { search: string; theme: Preferences["theme"] }) {
  const { t, i18n } = useTranslation();
  useTheme(theme);
  const call = callFrom(search);
  const number = call === null ? "" : plain(call.direction === "inbound" ? call.caller : call.called);
  const customer = customerBy(number);
  const language = i18n.language as Locale;
  useEffect(() => {
    document.title = call === null ? t("crm.homeTitle") : `${customer?.name[language] ?? number} · ${t("crm.homeTitle")}`;
  }, [call, customer, language, number, t]);

  if (call === null) return <CrmHome />;
  return (
    <main className="max-w-3xl space-y-5 p-6 lg:px-8">
      <header className="flex items-start gap-4">
        <span
          aria-hidden
          data-tone={customer === null ? "break" : TIER_TONE[customer.tier]}
          className="grid size-14 shrink-0 place-items-center rounded-2xl bg-tone-soft text-xl font-semibold text-tone-ink"
        >
          {customer === null ? <UserRoundPlus className="size-6" /> : Array.from(customer.name[language])[0]}
        </span>
        <div className="min-w-0 flex-1">
          <h1 className="text-2xl font-semibold tracking-tight" data-testid="crm-name">
            {customer?.name[language] ?? t("crm.newCustomer")}
          </h1>
          <p className="text-base text-soft" data-testid="crm-number">
            <PhoneNumber number={number} />
          </p>
        </div>
        {customer !== null && (
          <span
            data-tone={TIER_TONE[customer.tier]}
            className="rounded-full border border-tone-line bg-tone-soft px-3 py-1 text-xs font-semibold text-tone-ink"
          >
            {t(`crm.${customer.tier}`)}
          </span>
        )}
      </header>
      {customer === null ? (
        <p className="rounded-xl border border-line bg-sunken p-4 text-soft">{t("crm.newHint")}</p>
      ) : (
        <dl className="flex flex-wrap gap-x-8 gap-y-2 text-soft">
          {(
            [
              [Building2, "company", customer.company[language]],
              [MapPin, "city", customer.city[language]],
              [CalendarDays, "since", String(customer.since)],
            ] as const
          ).map(([Icon, name, value]) => (
            <div key={name} className="flex items-center gap-2">
              <Icon aria-hidden className="size-4 text-faint" />
              <dt className="text-faint">{t(`crm.${name}`)}</dt>
              <dd className="font-medium text-ink">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <CallStrip call={call} />
      {customer !== null && <Orders orders={customer.orders} />}
      <Notes key={number} number={number} />
      <p className="text-xs text-faint">{t("crm.demoNote")}</p>
    </main>
  );
}
