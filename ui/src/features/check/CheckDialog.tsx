import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { Modal } from "../../components/Modal";
import type { Locale } from "../../generated/Locale";
import { type CheckPort, type CheckReport, type CheckStep, DoorError } from "../../platform/ports";
import { CheckFigures } from "./CheckFigures";
import { CheckSteps } from "./CheckSteps";
import { Findings } from "./Findings";

type Course =
  | { at: "running"; step: CheckStep }
  | { at: "done"; report: CheckReport }
  | { at: "failed"; message: string };

/** Runs a check as soon as it is shown, and again when it is asked for. */
function Check({ check }: { check: CheckPort }) {
  const { t, i18n } = useTranslation();
  const [round, setRound] = useState(0);
  const [course, setCourse] = useState<Course>({ at: "running", step: "opening" });
  useEffect(() => {
    let gone = false;
    const show = (next: Course) => {
      if (!gone) setCourse(next);
    };
    check
      .run(i18n.language as Locale, (step) => show({ at: "running", step }))
      .then(
        (report) => show({ at: "done", report }),
        (error: unknown) => show({ at: "failed", message: error instanceof DoorError ? error.message : String(error) }),
      );
    return () => {
      gone = true;
    };
    // The sentences of a check that has begun stay in its language.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [check, round]);
  const again = () => {
    setCourse({ at: "running", step: "opening" });
    setRound((before) => before + 1);
  };
  if (course.at === "running") return <CheckSteps now={course.step} />;
  return (
    <div className="space-y-4">
      {course.at === "failed" ? (
        <p role="alert" className="text-[0.8125rem] text-bad">
          {course.message}
        </p>
      ) : (
        <>
          <Findings findings={course.report.findings} />
          <CheckFigures report={course.report} />
        </>
      )}
      <div className="flex justify-end">
        <Button size="small" onClick={again}>
          {t("check.again")}
        </Button>
      </div>
    </div>
  );
}

export function CheckDialog({ check, open, onClose }: { check: CheckPort; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} onClose={onClose} title={t("check.title")}>
      <Check check={check} />
    </Modal>
  );
}
