/** The shift check, which the Rust side carries out. */
import { Channel } from "@tauri-apps/api/core";

import type { CheckPort, CheckReport, CheckStep } from "../ports";
import { ask } from "./ask";

export const check: CheckPort = {
  run: (locale, tell) => {
    const steps = new Channel<CheckStep>();
    steps.onmessage = tell;
    return ask<CheckReport>("check_run", { locale, steps });
  },
};
