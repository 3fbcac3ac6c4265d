import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import i18next from "i18next";

import { timeIn } from "../features/stage/timeIn";
import { useClock } from "./useNow";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

it("what shows minutes is drawn once a minute, what shows seconds every second", () => {
  const drawn = { minutes: 0, seconds: 0 };
  function Minutes() {
    drawn.minutes += 1;
    return <p>{useClock((now) => Math.floor(now / 60_000))}</p>;
  }
  function Seconds() {
    drawn.seconds += 1;
    return <p>{useClock((now) => Math.floor(now / 1_000))}</p>;
  }
  render(
    <>
      <Minutes />
      <Seconds />
    </>,
  );
  const before = { ...drawn };
  for (let second = 0; second < 120; second += 1) act(() => void vi.advanceTimersByTime(1_000));
  expect(drawn.seconds - before.seconds).toBe(120);
  expect(drawn.minutes - before.minutes).toBe(2);
});

it("a clock that nobody reads stands still, and goes right again", () => {
  function Seconds() {
    return <p role="timer">{useClock((now) => Math.floor(now / 1_000))}</p>;
  }
  const first = render(<Seconds />);
  const begun = Number(screen.getByRole("timer").textContent);
  first.unmount();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(60_000);
  render(<Seconds />);
  expect(Number(screen.getByRole("timer").textContent)).toBe(begun + 60);
});

it("waiting for calls counts seconds for a minute, then minutes; a break counts seconds", () => {
  const t = i18next.getFixedT("en");
  const ready = { kind: "ready", since: 0 } as const;
  expect(timeIn(ready, 59_999, t)).toBe("0:59");
  expect(timeIn(ready, 60_000, t)).toBe("1 min");
  expect(timeIn(ready, 3_725_000, t)).toBe("1 h 2 min");
  expect(timeIn({ kind: "break", code: "Lunch", since: 0 }, 125_000, t)).toBe("2:05");
});
