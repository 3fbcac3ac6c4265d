import { Coffee, Headphones, LogOut, PauseCircle, PenLine, PhoneCall, PhoneIncoming, PhoneOutgoing } from "lucide-react";
import type { ComponentType } from "react";

import type { SceneKind } from "../../desk/scene";

type Icon = ComponentType<{ className?: string; "aria-hidden"?: boolean }>;

/** The icon that stands beside the colour and the word of a state. */
export const SCENE_ICONS: Record<SceneKind, Icon> = {
  offline: LogOut,
  break: Coffee,
  ready: Headphones,
  ringing: PhoneIncoming,
  dialing: PhoneOutgoing,
  talking: PhoneCall,
  held: PauseCircle,
  wrap_up: PenLine,
};
