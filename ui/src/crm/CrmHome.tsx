import { ContactRound } from "lucide-react";
import { useTranslation } from "react-i18next";

import { PhoneNumber } from "../components/PhoneNumber";
import type { Locale } from "../generated/Locale";
import { CUSTOMERS } from "./customers";

/** The CRM while nobody calls. */
export function CrmHome() {
  const { t, i18n } = useTranslation();
  const language = i18n.language as Locale;
  return (
    <main className="max-w-3xl space-y-6 p-6 lg:px-8">
      <header className="flex items-center gap-4">
        <span className="grid size-14 place-items-center rounded-2xl bg-ink/6 text-soft">
          <ContactRound aria-hidden className="size-7" strokeWidth={1.5} />
        </span>
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">{t("crm.homeTitle")}</h1>
          <p className="text-soft">{t("crm.homeHint")}</p>
        </div>
      </header>
      <section aria-labelledby="customers-title">
        <h2 id="customers-title" className="mb-2 font-semibold">
          {t("crm.customers")}
        </h2>
        <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
          {CUSTOMERS.map((customer) => (
            <li key={customer.number}>
              <a
                href={`?${new URLSearchParams({ callNumber: customer.number }).toString()}`}
                className="flex items-center gap-4 px-4 py-3 -outline-offset-2 hover:bg-sunken"
              >
                <span className="min-w-0 flex-1">
                  <span className="block font-medium">{customer.name[language]}</span>
                  <span className="block text-xs text-faint">
                    {customer.company[language]} · {customer.city[language]}
                  </span>
                </span>
                <span className="text-[0.8125rem] text-soft">
                  <PhoneNumber number={customer.number} />
                </span>
              </a>
            </li>
          ))}
        </ul>
      </section>
      <p className="text-xs text-faint">{t("crm.demoNote")}</p>
    </main>
  );
}
