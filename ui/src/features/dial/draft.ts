/** The number being typed. It outlives the page, so that a look at the records or a link does not lose it. */
import { create } from "zustand";

interface Draft {
  callee: string;
  setCallee: (callee: string) => void;
}

export const useDraft = create<Draft>()((set) => ({
  callee: "",
  setCallee: (callee) => set({ callee }),
}));
