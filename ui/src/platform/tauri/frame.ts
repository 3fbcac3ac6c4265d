/** What only a window on a desktop has: its frame, links of other programs, global keys, a place among start-up programs. */
import { listen } from "@tauri-apps/api/event";

import type { AutostartPort, CustomerPlace, CustomerWindowPort, Deed, FramePort, HotkeysPort, LinksPort } from "../ports";
import { ask } from "./ask";

function heard(event: string, act: () => void): () => void {
  const stop = listen(event, act);
  return () => void stop.then((unlisten) => unlisten());
}

export const frame: FramePort = {
  compact: async (on) => {
    await ask("frame_compact", { compact: on });
  },
  onLeaving: (asked) => heard("desk-leaving", asked),
  answerLeaving: (quit) => void ask("quit_answered", { quit }).catch(() => undefined),
};

export const links: LinksPort = {
  onNumber: (take) => {
    const fetchNumber = () =>
      void ask<string | null>("link_take").then((number) => {
        if (number !== null) take(number);
      });
    fetchNumber();
    return heard("desk-linked", fetchNumber);
  },
};

export const customerWindow: CustomerWindowPort = {
  show: () => void ask("customer_show").catch(() => undefined),
  place: () => ask<CustomerPlace>("customer_place_read"),
  choosePlace: (place) => ask<CustomerPlace>("customer_place_choose", { place }),
  onRefused: (say) => {
    const fetchRefusal = () =>
      void ask<boolean>("browser_refused_take").then(
        (refused) => {
          if (refused) say();
        },
        () => undefined,
      );
    fetchRefusal();
    return heard("desk-browser-refused", fetchRefusal);
  },
};

type Keys = Partial<Record<Deed, string>>;

export const hotkeys: HotkeysPort = {
  read: () => ask<Keys>("hotkeys_read"),
  choose: (deed, keys) => ask<Keys>("hotkey_choose", { deed, keys }),
};

export const autostart: AutostartPort = {
  read: () => ask<boolean>("autostart_read"),
  write: (on) => ask<boolean>("autostart_write", { on }),
};
