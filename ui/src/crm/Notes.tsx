import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { readNote, writeNote } from "../platform/browser/notes";

/** What the agent writes about a customer; kept in this browser, found again at the next call. */
export function Notes({ number }: { number: string }) {
  const { t } = useTranslation();
  const id = useId();
  const [text, setText] = useState(() => readNote(number));
  const [saved, setSaved] = useState(false);
  return (
    <section>
      <div className="mb-2 flex items-baseline justify-between">
        <label htmlFor={id} className="font-semibold">
          {t("crm.notes")}
        </label>
        <span aria-live="polite" className="text-xs text-faint">
          {saved && t("crm.saved")}
        </span>
      </div>
      <textarea
        id={id}
        rows={5}
        maxLength={4_000}
        value={text}
        placeholder={t("crm.notesPlaceholder")}
        onChange={(event) => {
          setText(event.target.value);
          writeNote(number, event.target.value);
          setSaved(true);
        }}
        className="w-full rounded-xl border border-line-strong bg-surface p-3.5 placeholder:text-faint"
      />
    </section>
  );
}
