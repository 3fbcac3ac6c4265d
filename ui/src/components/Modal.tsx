import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useDesk } from "../desk/store";
import { ringingCall } from "../desk/wishes";
import { Button } from "./Button";
import { classes } from "./classes";

interface Props {
  open: boolean;
  title: string;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
}

export function Modal({ open, title, onClose, wide = false, children }: Props) {
  const { t } = useTranslation();
  const ringing = useDesk((state) => ringingCall(state.view) !== null);
  // Nothing may stand between an agent and a ringing call.
  useEffect(() => {
    if (ringing && open) onClose();
  }, [ringing, open, onClose]);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 bg-shade" />
        <Dialog.Content
          aria-describedby={undefined}
          className={classes(
            "fixed top-1/2 left-1/2 z-40 flex max-h-[calc(100dvh-2rem)] -translate-1/2 flex-col rounded-2xl border border-line bg-raised shadow-float outline-none",
            wide ? "w-[min(46rem,calc(100vw-1.5rem))]" : "w-[min(27rem,calc(100vw-1.5rem))]",
          )}
        >
          <div className="flex items-center justify-between border-b border-line py-3 pr-3 pl-5">
            <Dialog.Title className="text-base font-semibold">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <Button look="ghost" size="icon" aria-label={t("sound.close")}>
                <X aria-hidden className="size-4" />
              </Button>
            </Dialog.Close>
          </div>
          <div className="min-h-0 overflow-y-auto p-5">{children}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
