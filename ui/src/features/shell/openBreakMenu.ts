export const BREAK_MENU = "break-menu";

/** Opens the menu of break reasons from elsewhere, the way a key press on it does. */
export function openBreakMenu(): void {
  const trigger = document.getElementById(BREAK_MENU);
  trigger?.focus();
  trigger?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
}
