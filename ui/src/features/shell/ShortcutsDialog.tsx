import { useTranslation } from "react-i18next";

import { Modal } from "../../components/Modal";
import { SHORTCUTS } from "./useShortcuts";

const KEY = "rounded-md border border-line-strong/60 bg-sunken px-1.5 py-0.5 font-mono text-xs";

export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} onClose={onClose} title={t("shortcuts.title")}>
      <dl className="grid grid-cols-[1fr_auto] gap-y-2.5">
        {SHORTCUTS.map(({ name, key }) => (
          <div key={name} className="contents">
            <dt>{t(`shortcuts.${name}`)}</dt>
            <dd>
              <kbd className={KEY}>Alt</kbd> <kbd className={KEY}>{key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
