import { Download, Pause, Play } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { Trouble } from "../../components/Trouble";
import { clock } from "../../components/time";
import { useRecording } from "./queries";
import { Waveform } from "./Waveform";

const SPEEDS = [1, 1.5, 2] as const;

interface Props {
  callId: string;
  ready: boolean;
  /** Not ready, but soon. */
  pending: boolean;
}

/** Plays a recording: channel 1 the customer, channel 2 what the customer heard. */
export function Player({ callId, ready, pending }: Props) {
  const { t } = useTranslation();
  const recording = useRecording(callId, ready);
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [total, setTotal] = useState(0);
  const [speed, setSpeed] = useState<number>(1);
  const [failed, setFailed] = useState(false);
  const url = recording.data?.FileUrl;

  if (!ready) return <p className="text-[0.8125rem] text-faint">{t(pending ? "record.recordingPending" : "record.noRecording")}</p>;
  if (recording.isError) return <Trouble error={recording.error} onRetry={() => void recording.refetch()} />;
  if (url === undefined) return null;

  const seek = (seconds: number) => {
    if (audio.current !== null) audio.current.currentTime = seconds;
    setAt(seconds);
  };
  return (
    <section aria-label={t("record.recording")} className="rounded-xl border border-line bg-surface p-4">
      {/* Recordings of telephone calls have no captions. */}
      {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
      <audio
        ref={audio}
        src={url}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onLoadedMetadata={(event) => {
          const { duration } = event.currentTarget;
          setTotal(Number.isFinite(duration) ? duration : 0);
        }}
        onError={() => setFailed(true)}
      />
      <Waveform url={url} at={total > 0 ? at / total : 0} onSeek={(share) => seek(share * total)} />
      <div className="mt-2 flex items-center gap-2.5">
        <Button
          look="solid"
          size="round"
          aria-label={t(playing ? "record.pause" : "record.play")}
          onClick={() => void (playing ? audio.current?.pause() : audio.current?.play().catch(() => setFailed(true)))}
        >
          {playing ? <Pause aria-hidden className="size-4 fill-current" /> : <Play aria-hidden className="size-4 translate-x-px fill-current" />}
        </Button>
        <input
          type="range"
          aria-label={t("record.position")}
          aria-valuetext={`${clock(at * 1_000)} / ${clock(total * 1_000)}`}
          min={0}
          max={Math.max(total, 0.1)}
          step={0.1}
          value={at}
          onChange={(event) => seek(Number(event.target.value))}
          className="h-1 min-w-0 flex-1 accent-solid"
        />
        <span className="shrink-0 text-xs text-faint tabular-nums">
          {clock(at * 1_000)} / {clock(total * 1_000)}
        </span>
        <Button
          look="ghost"
          size="small"
          aria-label={`${t("record.speed")} ${speed}×`}
          onClick={() => {
            const next = SPEEDS[(SPEEDS.findIndex((known) => known === speed) + 1) % SPEEDS.length] ?? 1;
            setSpeed(next);
            if (audio.current !== null) audio.current.playbackRate = next;
          }}
        >
          {speed}×
        </Button>
        <a
          href={url}
          download={recording.data?.FileName ?? `${callId}.wav`}
          aria-label={t("record.download")}
          className="grid size-8 place-items-center rounded-lg text-soft hover:bg-ink/6"
        >
          <Download aria-hidden className="size-4" />
        </a>
      </div>
      {failed && (
        <p role="alert" className="mt-2 text-[0.8125rem] text-bad">
          {t("record.recordingFailed")}
        </p>
      )}
    </section>
  );
}
