import { useEffect, useRef } from "react";

const FLOOR_DBFS = -60;
const FALL = 0.82;

/** A level that moves with the sound. Drawn past React: sixty renders a second would cost more than the call. */
export function LevelBar({ label, read }: { label: string; read: () => number }) {
  const bar = useRef<HTMLSpanElement>(null);
  const reader = useRef(read);
  useEffect(() => {
    reader.current = read;
  }, [read]);
  useEffect(() => {
    let frame = 0;
    let shown = 0;
    const draw = () => {
      const loud = Math.min(1, Math.max(0, 1 - reader.current() / FLOOR_DBFS));
      shown = Math.max(loud, shown * FALL);
      if (bar.current !== null) bar.current.style.clipPath = `inset(0 ${(100 - shown * 100).toFixed(1)}% 0 0)`;
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <span role="img" aria-label={label} className="block h-1.5 overflow-hidden rounded-full bg-ink/10">
      <span
        ref={bar}
        className="block h-full bg-gradient-to-r from-good from-70% to-warn"
        style={{ clipPath: "inset(0 100% 0 0)" }}
      />
    </span>
  );
}
