/** The jack panel with its cord, and the name. */
export function Wordmark({ small = false }: { small?: boolean }) {
  return (
    <span className="flex items-center gap-2.5">
      <svg viewBox="0 0 32 32" className={small ? "size-7" : "size-8"} aria-hidden>
        <rect width="32" height="32" rx="8" fill="#1c2430" />
        <circle cx="10" cy="10" r="3.2" fill="none" stroke="#e2b45c" strokeWidth="2" />
        <circle cx="22" cy="22" r="3.2" fill="none" stroke="#e2b45c" strokeWidth="2" />
        <path d="M12.6 12.2C18 14 13.5 18.5 19.6 20" fill="none" stroke="#f4f1ea" strokeWidth="2.2" strokeLinecap="round" />
        <circle cx="22" cy="10" r="1.6" fill="#5d6b7e" />
        <circle cx="10" cy="22" r="1.6" fill="#5d6b7e" />
      </svg>
      <span className={small ? "hidden font-semibold tracking-tight lg:inline" : "text-lg font-semibold tracking-tight"}>
        Cordboard
      </span>
    </span>
  );
}
