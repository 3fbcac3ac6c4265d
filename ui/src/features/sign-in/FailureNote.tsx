import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

export interface Failure {
  message: string;
  reference: string | null;
}

export function FailureNote({ id, failure }: { id: string; failure: Failure }) {
  const { t } = useTranslation();
  return (
    <div role="alert" id={id} data-tone="talking" className="mb-4 flex gap-2 rounded-lg bg-tone-soft px-3 py-2 text-tone-ink">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p>
        {failure.message}
        {failure.reference !== null && (
          <span className="block text-xs select-all">{t("notice.reference", { id: failure.reference })}</span>
        )}
      </p>
    </div>
  );
}
