import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { Modal } from "../../components/Modal";
import { useDesk } from "../../desk/store";
import type { FilesPort } from "../../platform/ports";
import { useTools } from "../shell/DeskContext";
import { lateCalls } from "./calls";
import { diagnosticsPage } from "./page";
import { timeline } from "./timeline";

/** Writes one file for support and says where it is. */
function Export({ files }: { files: FilesPort }) {
  const { t } = useTranslation();
  const { platform } = useTools();
  const [told, setTold] = useState<{ failed: boolean; message: string } | null>(null);
  async function save() {
    const at = Date.now();
    const page = diagnosticsPage({
      at,
      instance: platform.instance,
      versions: await files.versions(),
      state: useDesk.getState(),
      timeline: timeline(),
      calls: lateCalls(),
      log: await files.log(),
    });
    const name = `cordboard-diagnostics-${new Date(at).toISOString().slice(0, 19).replaceAll(":", "-")}.html`;
    return await files.save(name, page);
  }
  return (
    <div className="space-y-4">
      <p className="text-[0.8125rem] text-soft">{t("diagnostics.hint")}</p>
      {told !== null && (
        <p role={told.failed ? "alert" : "status"} className="text-[0.8125rem] font-medium break-all">
          {told.message}
        </p>
      )}
      <div className="flex justify-end">
        <Button
          look="solid"
          onClick={() =>
            void save().then(
              (where) => setTold({ failed: false, message: t("diagnostics.saved", { where }) }),
              (error: unknown) => setTold({ failed: true, message: error instanceof Error ? error.message : String(error) }),
            )
          }
        >
          {t("diagnostics.save")}
        </Button>
      </div>
    </div>
  );
}

export function DiagnosticsDialog({ files, open, onClose }: { files: FilesPort; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} onClose={onClose} title={t("diagnostics.title")}>
      <Export files={files} />
    </Modal>
  );
}
