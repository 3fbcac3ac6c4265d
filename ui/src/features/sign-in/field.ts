/** How a text field of the sign-in page looks. */
export const FIELD =
  "h-10 w-full rounded-lg border border-line-strong bg-surface px-3 text-[0.9375rem] text-ink placeholder:text-faint";
