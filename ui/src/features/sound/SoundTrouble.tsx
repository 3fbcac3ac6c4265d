import { VolumeX } from "lucide-react";

import { mainCall } from "../../desk/state";
import { useDesk } from "../../desk/store";

/** Why one of the two in the call does not hear the other, for as long as it is so: the gateway's sentence. */
export function SoundTrouble() {
  const trouble = useDesk((state) => (state.view === null ? null : (mainCall(state.view)?.sound_trouble ?? null)));
  if (trouble === null) return null;
  return (
    <div
      role="alert"
      data-tone="talking"
      data-trouble={trouble.code}
      className="flex shrink-0 items-start gap-2.5 rounded-xl border border-tone-line bg-raised p-3 shadow-float"
    >
      <VolumeX aria-hidden className="mt-0.5 size-4 shrink-0 text-tone-ink" />
      <p className="min-w-0 flex-1 text-[0.8125rem] font-medium">{trouble.message}</p>
    </div>
  );
}
