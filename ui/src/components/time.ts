/** How times and lengths are written. */
import type { TFunction } from "i18next";

const SECOND_MS = 1_000;

/** `3:07`, `1:02:09`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  const s = String(seconds % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${s}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${s}`;
}

/** `43 s`, `3 min 7 s`, `1 h 2 min`. */
export function length(ms: number, t: TFunction): string {
  const seconds = Math.max(0, Math.round(ms / SECOND_MS));
  if (seconds < 60) return t("duration.seconds", { s: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t("duration.minutes", { m: minutes, s: seconds % 60 });
  return t("duration.hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** `0:43`, then `3 min`, `1 h 2 min`: for what may last for hours and where nobody waits for the next second. */
export function lasting(ms: number, t: TFunction): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return clock(ms);
  return minutes < 60
    ? t("duration.wholeMinutes", { m: minutes })
    : t("duration.hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

function dayOf(ms: number): string {
  return new Date(ms).toDateString();
}

/** `14:03`, `yesterday 14:03`, `3 Nov 14:03`. */
export function moment(ms: number, now: number, t: TFunction, language: string): string {
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false }).format(ms);
  if (dayOf(ms) === dayOf(now)) return time;
  if (dayOf(ms) === dayOf(now - 86_400_000)) return `${t("records.yesterday")} ${time}`;
  const sameYear = new Date(ms).getFullYear() === new Date(now).getFullYear();
  const day = new Intl.DateTimeFormat(language, {
    month: "short",
    day: "numeric",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(ms);
  return `${day} ${time}`;
}

export function exact(ms: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium", hour12: false }).format(ms);
}
