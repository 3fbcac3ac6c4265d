/** The desk's state where components can see it. */
import { create } from "zustand";

import type { DeskView } from "../generated/DeskView";
import { EMPTY, type DeskEvent, type DeskState, reduce } from "./state";

interface DeskStore extends DeskState {
  apply: (event: DeskEvent) => void;
}

export const useDesk = create<DeskStore>()((set) => ({
  ...EMPTY,
  apply: (event) => set((state) => reduce(state, event)),
}));

export function useView(): DeskView | null {
  return useDesk((state) => state.view);
}
