/** How menus look everywhere. */
export const MENU =
  "z-40 min-w-56 rounded-xl border border-line bg-raised p-1.5 text-ink shadow-float outline-none data-[state=open]:animate-none";

export const MENU_ITEM =
  "flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-[0.8125rem] outline-none select-none " +
  "data-highlighted:bg-ink/8 data-disabled:pointer-events-none data-disabled:opacity-45";
