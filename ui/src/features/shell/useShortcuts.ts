import { useEffect } from "react";

import { type Scene, sceneOf } from "../../desk/scene";
import { useDesk } from "../../desk/store";
import type { Command } from "../../generated/Command";
import { useTools } from "./DeskContext";
import { openBreakMenu } from "./openBreakMenu";

/** Alt and a key, by place on the keyboard so that they work in every layout and language. */
export const SHORTCUTS = [
  { name: "answer", key: "A" },
  { name: "decline", key: "X" },
  { name: "hangUp", key: "H" },
  { name: "mute", key: "M" },
  { name: "hold", key: "O" },
  { name: "keypad", key: "K" },
  { name: "ready", key: "R" },
  { name: "break", key: "B" },
  { name: "dial", key: "N" },
] as const;

type Shortcut = (typeof SHORTCUTS)[number]["name"];

function commandOf(shortcut: Shortcut, scene: Scene): Command | null {
  const call = "call" in scene ? scene.call : null;
  const id = call?.call_id ?? "";
  switch (shortcut) {
    case "answer":
      return scene.kind === "ringing" ? { type: "answer", call_id: id } : null;
    case "decline":
      return scene.kind === "ringing" ? { type: "decline", call_id: id } : null;
    case "hangUp":
      return call !== null && scene.kind !== "ringing" ? { type: "hang_up", call_id: id } : null;
    case "mute":
      return scene.kind === "talking" ? { type: "mute", call_id: id, muted: !scene.call.muted } : null;
    case "hold":
      if (scene.kind === "talking") return { type: "hold", call_id: id };
      return scene.kind === "held" ? { type: "retrieve", call_id: id } : null;
    case "ready":
      return { type: "ready" };
    case "keypad":
    case "break":
    case "dial":
      return null;
  }
}

export function useShortcuts(openDial: () => void): void {
  const { desk } = useTools();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
      const shortcut = SHORTCUTS.find(({ key }) => event.code === `Key${key}`)?.name;
      const { view } = useDesk.getState();
      if (shortcut === undefined || view === null) return;
      event.preventDefault();
      const command = commandOf(shortcut, sceneOf(view));
      if (command !== null) desk.act(command);
      if (shortcut === "break") openBreakMenu();
      if (shortcut === "keypad") document.getElementById("keypad-button")?.click();
      if (shortcut === "dial") {
        openDial();
        requestAnimationFrame(() => document.getElementById("dial-number")?.focus());
      }
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [desk, openDial]);
}
