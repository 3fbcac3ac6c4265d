/** What the diagnostics keep of late is remembered by the tab, so that a page that is loaded anew goes on with it. */
import type { PreferencesPort } from "../../platform/ports";

export type TabMemory = Pick<PreferencesPort, "tabMemory" | "rememberInTab">;

/** A list of before; empty where there was none, or it cannot be read. */
export function recalled(memory: TabMemory, key: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(memory.tabMemory(key) ?? "[]");
    return Array.isArray(list) ? (list as unknown[]) : [];
  } catch {
    return [];
  }
}

export function remember(memory: TabMemory, key: string, list: readonly unknown[]): void {
  memory.rememberInTab(key, JSON.stringify(list));
}
