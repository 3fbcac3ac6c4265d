/** Where a number is opened up for the eye: mobiles 3-4-4, fixed lines after the area code. */
function groups(number: string): string[] {
  if (/^1[3-9]\d{9}$/.test(number)) return [number.slice(0, 3), number.slice(3, 7), number.slice(7)];
  const fixed = /^(0(?:10|2\d|[3-9]\d{2}))(\d{3,4})(\d{4})$/.exec(number);
  if (fixed !== null) return fixed.slice(1);
  const free = /^([48]00)(\d{3})(\d{4})$/.exec(number);
  if (free !== null) return free.slice(1);
  return [number];
}

/** The gaps are drawn, not written, so that a copied number has none. */
export function PhoneNumber({ number }: { number: string }) {
  return (
    <span className="tabular-nums">
      {groups(number).map((group, index) => (
        <span key={index} className={index === 0 ? undefined : "ml-[0.25em]"}>
          {group}
        </span>
      ))}
    </span>
  );
}
