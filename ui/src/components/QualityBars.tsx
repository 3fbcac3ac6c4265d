import { classes } from "./classes";

export type QualityGlance = "good" | "fair" | "poor" | "idle" | "down";

const LIT: Record<QualityGlance, number> = { good: 3, fair: 2, poor: 1, idle: 3, down: 0 };
const COLOUR: Record<QualityGlance, string> = {
  good: "bg-good",
  fair: "bg-warn",
  poor: "bg-bad",
  idle: "bg-faint",
  down: "bg-bad",
};
const HEIGHTS = ["h-1.5", "h-2.5", "h-3.5"] as const;

/** Three levels: as many bars as the quality is good. */
export function QualityBars({ level }: { level: QualityGlance }) {
  return (
    <span aria-hidden className="relative flex h-3.5 w-4 items-end gap-0.5" data-level={level}>
      {HEIGHTS.map((height, index) => (
        <span key={height} className={classes("w-1 rounded-[1px]", height, index < LIT[level] ? COLOUR[level] : "bg-line-strong/50")} />
      ))}
      {level === "down" && <span className="absolute top-1.5 -left-0.5 h-0.5 w-5 -rotate-40 rounded bg-bad" />}
    </span>
  );
}
