import { create } from "zustand";

import type { FramePort } from "../../platform/ports";

interface Compact {
  compact: boolean;
  /** Changes the window first, and what is in it when that worked. */
  setCompact: (frame: FramePort, compact: boolean) => void;
}

export const useCompact = create<Compact>()((set) => ({
  compact: false,
  setCompact: (frame, compact) => void frame.compact(compact).then(() => set({ compact }), () => undefined),
}));
