import { AlertDialog } from "radix-ui";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { useDesk } from "../../desk/store";
import { useTools } from "./DeskContext";

/** The gateway closed this desk in a way that only the person can cure. */
export function ElsewhereDialog() {
  const { t } = useTranslation();
  const { desk, signOut } = useTools();
  const link = useDesk((state) => state.link);
  const stopped = link.phase === "stopped" ? link : null;
  const old = stopped?.code === "protocol_unsupported";
  const title = old
    ? t("link.protocolTitle")
    : t(stopped?.code === "taken_over" ? "link.takenOverTitle" : "link.inUseTitle");
  return (
    <AlertDialog.Root open={stopped !== null}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-shade" />
        <AlertDialog.Content className="fixed top-1/2 left-1/2 z-50 w-[min(26rem,calc(100vw-2rem))] -translate-1/2 rounded-2xl border border-line bg-raised p-6 shadow-float outline-none">
          <AlertDialog.Title className="text-lg font-semibold">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-1.5 text-soft">{stopped?.message}</AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button look="ghost" onClick={signOut}>
                {t("presence.signOut")}
              </Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button look="solid" onClick={() => (old ? window.location.reload() : desk.takeOver())}>
                {t(old ? "errors.reload" : "link.takeOver")}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
