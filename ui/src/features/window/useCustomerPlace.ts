import { create } from "zustand";

import type { CustomerPlace, CustomerWindowPort } from "../../platform/ports";

interface CustomerPlaceStore {
  /** Null until it is known. */
  place: CustomerPlace | null;
  read: (port: CustomerWindowPort) => Promise<void>;
  choose: (port: CustomerWindowPort, place: CustomerPlace) => Promise<void>;
}

/** Where the customer's page is shown. Kept by the home; here for what is drawn. */
export const useCustomerPlace = create<CustomerPlaceStore>()((set) => ({
  place: null,
  read: async (port) => set({ place: await port.place() }),
  choose: async (port, place) => set({ place: await port.choosePlace(place) }),
}));
