const KEYS = [
  ["1", ""],
  ["2", "ABC"],
  ["3", "DEF"],
  ["4", "GHI"],
  ["5", "JKL"],
  ["6", "MNO"],
  ["7", "PQRS"],
  ["8", "TUV"],
  ["9", "WXYZ"],
  ["*", ""],
  ["0", "+"],
  ["#", ""],
] as const;

export function DialPad({ onPress }: { onPress: (digit: string) => void }) {
  return (
    <div className="grid grid-cols-3 gap-1.5">
      {KEYS.map(([digit, letters]) => (
        <button
          key={digit}
          type="button"
          onClick={() => onPress(digit)}
          className="flex h-12 flex-col items-center justify-center rounded-lg border border-line bg-surface hover:bg-sunken active:bg-ink/8"
        >
          <span className="text-lg/5 font-medium">{digit}</span>
          <span aria-hidden className="h-3 text-[0.5625rem]/3 tracking-widest text-faint">
            {letters}
          </span>
        </button>
      ))}
    </div>
  );
}
