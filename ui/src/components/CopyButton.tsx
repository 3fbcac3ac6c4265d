import { Check, Copy, LifeBuoy } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "./Button";

const SHOWN_MS = 1_500;

interface Props {
  text: string;
  label: string;
  word?: boolean;
  /** Told apart from a number's button beside it. */
  sign?: "copy" | "support";
}

export function CopyButton({ text, label, word = false, sign = "copy" }: Props) {
  const Icon = sign === "support" ? LifeBuoy : Copy;
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    // The clipboard is absent outside https; the text can still be selected by hand.
    (navigator.clipboard as Clipboard | undefined)?.writeText(text).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  return (
    <Button look="ghost" size={word ? "small" : "icon"} aria-label={copied ? t("notice.copied") : label} onClick={copy}>
      {copied ? <Check aria-hidden className="size-3.5" /> : <Icon aria-hidden className="size-3.5" />}
      {word && (copied ? t("notice.copied") : t("notice.copy"))}
    </Button>
  );
}
