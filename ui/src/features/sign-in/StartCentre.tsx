import { Server } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { type CentrePort, DoorError } from "../../platform/ports";

/** For somebody who has no gateway yet: a demo centre on this computer. */
export function StartCentre({ centre, onStarted }: { centre: CentrePort; onStarted: (address: string) => void }) {
  const { t } = useTranslation();
  const [offered, setOffered] = useState(false);
  const [state, setState] = useState<"idle" | "starting" | "running">("idle");
  const [said, setSaid] = useState("");
  useEffect(() => {
    centre.canStart().then(setOffered, () => undefined);
  }, [centre]);
  if (!offered) return null;

  function start() {
    setState("starting");
    setSaid("");
    centre.start().then(
      (address) => {
        setState("running");
        setSaid(t("signIn.centreRuns", { address }));
        onStarted(address);
      },
      (error: unknown) => {
        setState("idle");
        setSaid(error instanceof DoorError ? error.message : String(error));
      },
    );
  }

  return (
    <div className="mt-4">
      <Button className="w-full" disabled={state !== "idle"} onClick={start}>
        <Server aria-hidden className="size-4" />
        {t(state === "starting" ? "signIn.centreStarting" : "signIn.centreStart")}
      </Button>
      <p role="status" className="mt-1 text-xs text-faint">
        {said}
      </p>
    </div>
  );
}
