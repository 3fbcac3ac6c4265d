import { BarChart3, History, PhoneIncoming, PhoneOutgoing } from "lucide-react";
import { useTranslation } from "react-i18next";

import { classes } from "../../components/classes";

export type Page = "inbound" | "outbound" | "records" | "work";

const PAGES = [
  { page: "inbound", Icon: PhoneIncoming },
  { page: "outbound", Icon: PhoneOutgoing },
  { page: "records", Icon: History },
  { page: "work", Icon: BarChart3 },
] as const;

interface Props {
  page: Page;
  onChange: (page: Page) => void;
  /** Along the bottom, where there is no room at the left. */
  along?: boolean;
}

export function Rail({ page, onChange, along = false }: Props) {
  const { t } = useTranslation();
  return (
    <nav
      aria-label={t("rail.label")}
      className={classes(
        "flex shrink-0 gap-1 border-line bg-surface p-1.5",
        along ? "justify-around border-t" : "w-[4.75rem] flex-col border-r",
      )}
    >
      {PAGES.map(({ page: target, Icon }) => (
        <button
          key={target}
          type="button"
          aria-current={target === page ? "page" : undefined}
          onClick={() => onChange(target)}
          className={classes(
            "flex flex-col items-center gap-1 rounded-lg px-1 py-2 text-2xs font-medium transition-colors",
            along ? "flex-1" : "w-full",
            target === page ? "bg-ink/8 text-ink" : "text-faint hover:bg-ink/5 hover:text-ink",
          )}
        >
          <Icon aria-hidden className="size-5" strokeWidth={1.75} />
          {t(`rail.${target}`)}
        </button>
      ))}
    </nav>
  );
}
