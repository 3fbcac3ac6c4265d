import { useTranslation } from "react-i18next";

import type { Locale } from "../generated/Locale";
import type { Order } from "./customers";

const TONE = { paid: "ready", shipped: "wrap_up", returned: "ringing" } as const;

export function Orders({ orders }: { orders: readonly Order[] }) {
  const { t, i18n } = useTranslation();
  const money = new Intl.NumberFormat(i18n.language, { style: "currency", currency: "CNY" });
  return (
    <section aria-labelledby="orders-title">
      <h2 id="orders-title" className="mb-2 font-semibold">
        {t("crm.orders")}
      </h2>
      <div className="overflow-hidden rounded-xl border border-line bg-surface">
        <table className="w-full text-left text-[0.8125rem]">
          <thead className="bg-sunken text-xs text-faint">
            <tr>
              <th className="px-4 py-2 font-medium">{t("crm.order")}</th>
              <th className="px-4 py-2 font-medium">{t("crm.item")}</th>
              <th className="px-4 py-2 font-medium">{t("crm.status")}</th>
              <th className="px-4 py-2 text-right font-medium">{t("crm.amount")}</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {orders.map((order) => (
              <tr key={order.id}>
                <td className="px-4 py-2.5 tabular-nums">{order.id}</td>
                <td className="px-4 py-2.5 font-medium">{order.item[i18n.language as Locale]}</td>
                <td className="px-4 py-2.5">
                  <span data-tone={TONE[order.status]} className="rounded-md bg-tone-soft px-2 py-0.5 text-xs font-medium text-tone-ink">
                    {t(`crm.${order.status}`)}
                  </span>
                </td>
                <td className="px-4 py-2.5 text-right tabular-nums">{money.format(order.amount)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
