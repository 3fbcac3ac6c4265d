import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

const COLUMNS = 160;
/** A longer recording is played without its picture: decoding it would cost more memory than the picture is worth. */
const LARGEST_BYTES = 40_000_000;

async function peaksOf(url: string, signal: AbortSignal): Promise<number[][]> {
  const response = await fetch(url, { credentials: "same-origin", signal });
  if (!response.ok || Number(response.headers.get("Content-Length") ?? 0) > LARGEST_BYTES) return [];
  const bytes = await response.arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 8_000).decodeAudioData(bytes);
  return Array.from({ length: sound.numberOfChannels }, (_, channel) => columns(sound.getChannelData(channel)));
}

export function columns(samples: Float32Array): number[] {
  const width = Math.max(1, Math.ceil(samples.length / COLUMNS));
  return Array.from({ length: COLUMNS }, (_, column) => {
    let peak = 0;
    for (let n = column * width; n < Math.min(samples.length, (column + 1) * width); n += 1) {
      peak = Math.max(peak, Math.abs(samples[n] ?? 0));
    }
    return Math.min(1, peak * 1.4);
  });
}

interface Props {
  url: string;
  /** How much has been played, 0 to 1. */
  at: number;
  onSeek: (share: number) => void;
}

/** The two sides of a call above each other. The slider below does the same for the keyboard. */
export function Waveform({ url, at, onSeek }: Props) {
  const { t } = useTranslation();
  const [lanes, setLanes] = useState<number[][]>([]);
  useEffect(() => {
    const leaving = new AbortController();
    peaksOf(url, leaving.signal).then(setLanes, () => setLanes([]));
    return () => leaving.abort();
  }, [url]);
  const names = [t("call.customer"), t("who.agent")];
  return (
    <div aria-hidden className="space-y-1">
      {[0, 1].map((lane) => (
        <div key={lane} className="flex items-center gap-2">
          <span className="w-14 shrink-0 truncate text-2xs text-faint">{names[lane]}</span>
          <svg
            viewBox={`0 0 ${COLUMNS * 3} 32`}
            preserveAspectRatio="none"
            className="h-9 w-full cursor-pointer rounded-md bg-sunken"
            onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              onSeek((event.clientX - box.left) / box.width);
            }}
          >
            {(lanes[lane] ?? []).map((peak, column) => (
              <rect
                key={column}
                x={column * 3}
                width={2}
                y={16 - Math.max(0.5, peak * 15)}
                height={Math.max(1, peak * 30)}
                className={column / COLUMNS < at ? "fill-brass" : "fill-line-strong/70"}
              />
            ))}
          </svg>
        </div>
      ))}
    </div>
  );
}
