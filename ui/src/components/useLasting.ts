import { useEffect, useState } from "react";

/** True once something has been true for a while without a break. */
export function useLasting(now: boolean, ms: number): boolean {
  const [lasted, setLasted] = useState(false);
  useEffect(() => {
    if (!now) return;
    const timer = setTimeout(() => setLasted(true), ms);
    return () => {
      clearTimeout(timer);
      setLasted(false);
    };
  }, [now, ms]);
  return now && lasted;
}
