/** Files in the window: the Rust side writes them among the downloads, and knows its own log and versions. */
import type { FilesPort } from "../ports";
import { ask } from "./ask";

export const files: FilesPort = {
  save: (name, text) => ask<string>("diagnostics_save", { name, text }),
  versions: () => ask<Record<string, string>>("diagnostics_versions"),
  log: () => ask<string[]>("diagnostics_log"),
};
