import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";

import { classes } from "./classes";

const LOOKS = {
  solid: "bg-solid text-on-solid hover:bg-solid-hover",
  tone: "bg-tone text-white hover:bg-tone-hover",
  tint: "bg-tone-soft text-tone-ink border border-tone-line hover:border-tone",
  outline: "border border-line bg-surface text-ink hover:border-line-strong hover:bg-sunken",
  ghost: "text-soft hover:bg-ink/6 hover:text-ink",
} as const;

const SIZES = {
  small: "h-8 px-2.5 gap-1.5 text-[0.8125rem] rounded-lg",
  medium: "h-9 px-3.5 gap-2 rounded-lg",
  large: "h-12 px-5 gap-2.5 text-base rounded-xl",
  icon: "size-8 rounded-lg",
  round: "size-9 rounded-full",
} as const;

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof LOOKS;
  size?: keyof typeof SIZES;
  children: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "outline", size = "medium", className, children, ref, ...rest }: Props) {
  return (
    <button
      type="button"
      ref={ref}
      className={classes(
        "inline-flex shrink-0 items-center justify-center font-medium whitespace-nowrap select-none",
        "transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-45",
        LOOKS[look],
        SIZES[size],
        className,
      )}
      {...rest}
    >
      {children}
    </button>
  );
}
