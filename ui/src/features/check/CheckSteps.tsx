import { Check, CircleDashed, Loader } from "lucide-react";
import { useTranslation } from "react-i18next";

import { classes } from "../../components/classes";
import type { CheckStep } from "../../platform/ports";

const STEPS: readonly CheckStep[] = ["opening", "quiet", "playing", "ringing", "speaking"];

/** What the check does now and what it asks of the person. */
export function CheckSteps({ now }: { now: CheckStep }) {
  const { t } = useTranslation();
  const at = STEPS.indexOf(now);
  return (
    <div>
      <ol className="space-y-2.5">
        {STEPS.map((step, index) => {
          const Icon = index < at ? Check : index === at ? Loader : CircleDashed;
          return (
            <li
              key={step}
              aria-current={index === at ? "step" : undefined}
              className={classes("flex items-center gap-2.5", index === at ? "font-semibold" : "text-faint")}
            >
              <Icon aria-hidden className="size-4 shrink-0" />
              {t(`check.step.${step}`)}
            </li>
          );
        })}
      </ol>
      <p role="status" className="sr-only">
        {t(`check.step.${now}`)}
      </p>
      <p className="mt-4 text-xs text-faint">{t("check.networkToo")}</p>
    </div>
  );
}
