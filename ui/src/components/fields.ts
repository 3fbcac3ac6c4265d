/** How fields look everywhere. */
export const SELECT =
  "h-9 w-full min-w-0 rounded-lg border border-line-strong bg-surface px-2.5 text-[0.8125rem] text-ink disabled:opacity-50";
