/** Which home the page is in. The other one's code is not even loaded. */
import type { Platform } from "./ports";

export async function homePlatform(): Promise<Platform> {
  if ("__TAURI_INTERNALS__" in window) {
    const { windowPlatform } = await import("./tauri/window");
    return windowPlatform();
  }
  const { browserPlatform } = await import("./browser/browser");
  return browserPlatform();
}
