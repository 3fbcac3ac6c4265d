/** What every part of a signed-in desk may reach. */
import { createContext, useContext } from "react";

import type { Desk } from "../../desk/desk";
import type { SignInAnswer } from "../../generated/SignInAnswer";
import type { Platform, Preferences } from "../../platform/ports";

export interface DeskTools {
  desk: Pick<Desk, "act" | "takeOver" | "languageChanged">;
  platform: Platform;
  who: SignInAnswer;
  preferences: Preferences;
  prefer: (change: Partial<Preferences>) => void;
  signOut: () => void;
}

export const DeskContext = createContext<DeskTools | null>(null);

export function useTools(): DeskTools {
  const tools = useContext(DeskContext);
  if (tools === null) throw new Error("there is no desk around this component");
  return tools;
}
