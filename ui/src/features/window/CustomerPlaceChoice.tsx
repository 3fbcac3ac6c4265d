import { useId } from "react";
import { useTranslation } from "react-i18next";

import type { CustomerPlace, CustomerWindowPort } from "../../platform/ports";
import { useCustomerPlace } from "./useCustomerPlace";

const PLACES: readonly CustomerPlace[] = ["window", "browser"];

interface Props {
  port: CustomerWindowPort;
  onFailure: (error: unknown) => void;
}

/** Where the customer's page opens: in a window of Cordboard's own or in the system's browser. */
export function CustomerPlaceChoice({ port, onFailure }: Props) {
  const { t } = useTranslation();
  const { place, choose } = useCustomerPlace();
  const id = useId();
  return (
    <fieldset className="space-y-2">
      <legend className="mb-1 font-medium">{t("window.customerPlace")}</legend>
      {PLACES.map((one) => (
        <div key={one}>
          <label className="flex items-center gap-2.5">
            <input
              type="radio"
              name={id}
              className="size-4 accent-solid"
              aria-describedby={`${id}-${one}`}
              checked={place === one}
              onChange={() => void choose(port, one).catch(onFailure)}
            />
            {t(`window.place.${one}`)}
          </label>
          <p id={`${id}-${one}`} className="pl-6.5 text-xs text-faint">
            {t(`window.placeHint.${one}`)}
          </p>
        </div>
      ))}
    </fieldset>
  );
}
