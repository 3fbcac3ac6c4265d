import { useId } from "react";
import { useTranslation } from "react-i18next";

import { FIELD } from "./field";

/** Where the centre is, for a desk whose own address does not say. */
export function GatewayField({ address, onChange }: { address: string; onChange: (address: string) => void }) {
  const { t } = useTranslation();
  const ids = { field: useId(), hint: useId() };
  return (
    <div className="mb-4">
      <label htmlFor={ids.field} className="mb-1 block font-medium">
        {t("signIn.gateway")}
      </label>
      <input
        id={ids.field}
        name="gateway"
        inputMode="url"
        autoComplete="url"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="https://desk.example.com"
        className={FIELD}
        value={address}
        onChange={(event) => onChange(event.target.value)}
        aria-describedby={ids.hint}
      />
      <p id={ids.hint} className="mt-1 text-xs text-faint">
        {t("signIn.gatewayHint")}
      </p>
    </div>
  );
}
