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
      if (bar.current !== null) bar.current.style.transform = `scaleX(${shown.toFixed(3)})`;
      frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <span role="img" aria-label={label} className="block h-1.5 overflow-hidden rounded-full bg-ink/10">
      <span
        ref={bar}
        className="block h-full origin-left rounded-full bg-gradient-to-r from-good from-60% to-warn"
        style={{ transform: "scaleX(0)" }}
      />
    </span>
  );
}
