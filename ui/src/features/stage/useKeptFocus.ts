import { type RefObject, useEffect, useRef } from "react";

/** When the button that had the focus goes with its scene, the focus stays near instead of falling to the page's top. */
export function useKeptFocus(scene: string): RefObject<HTMLElement | null> {
  const section = useRef<HTMLElement>(null);
  const inside = useRef(false);
  useEffect(() => {
    const follow = (event: FocusEvent) => {
      inside.current = event.target instanceof Node && section.current?.contains(event.target) === true;
    };
    document.addEventListener("focusin", follow);
    return () => document.removeEventListener("focusin", follow);
  }, []);
  useEffect(() => {
    if (inside.current && document.activeElement === document.body) section.current?.focus({ preventScroll: true });
  }, [scene]);
  return section;
}
