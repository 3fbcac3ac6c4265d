/**
 * Takes secrets and personal data out of a text that leaves the machine: passwords, tokens, keys, SDP, telephone
 * numbers. It is the second defence: what is collected is chosen to have none in the first place.
 */

/** What looks like a number or a secret and is none: times and the ids of calls, which support needs. */
const KEPT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z|\bjob-[0-9a-f-]{6,}\b/gi;

/** From its first line to the last that looks like SDP; line ends may be written out, as in JSON. */
const SDP = /v=0(?:\r\n|\n|\\r\\n|\\n)(?:[a-z]=.*?(?:\r\n|\n|\\r\\n|\\n|$))+/g;
/** Single lines of SDP that nobody should see alone either. */
const SDP_LINES = /a=(?:ice-ufrag|ice-pwd|fingerprint|candidate|crypto|ssrc)[: ][^\r\n"\\]*/g;

const NAMES = "pass(?:word|wd)?|secret|token|ticket|credential|authorization|cookie|api[_-]?key|access[_-]?key(?:[_-]?(?:id|secret))?|private[_-]?key|session";
/** `name: value`, `name=value`, `"name":"value"`, in any case. */
const NAMED = new RegExp(`("?[\\w-]*(?:${NAMES})[\\w-]*"?\\s*[:=]\\s*)("(?:[^"\\\\]|\\\\.)*"|(?:Bearer |Basic )?[^\\s,;&"'}]+)`, "gi");
const BEARER = /\b(?:Bearer|Basic)\s+[\w~+/=.-]+/gi;
/** JSON web tokens, and the vendor's key ids. */
const SHAPED = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\bLTAI[0-9A-Za-z]{8,}/g;
/** Long, letters and digits mixed: no word of any language. */
const OPAQUE = /\b(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{24,}/g;
/** Seven digits or more, with what people write between them. */
const NUMBER = /\+?\(?\d(?:[\s().-]{0,2}\d){6,}/g;

/** What is kept waits behind characters that no text has. */
const FIRST_MARK = 0xe000;
const MARKS = /[\ue000-\uf8ff]/g;

export function redacted(text: string): string {
  const kept: string[] = [];
  const hide = (found: string) => String.fromCodePoint(FIRST_MARK + kept.push(found) - 1);
  return text
    .replaceAll(MARKS, "")
    .replace(SDP, "[SDP removed]")
    .replace(SDP_LINES, "[SDP removed]")
    .replace(NAMED, "$1[removed]")
    .replace(BEARER, "[removed]")
    .replace(SHAPED, "[removed]")
    .replace(KEPT, hide)
    .replace(OPAQUE, "[removed]")
    .replace(NUMBER, "[number]")
    .replace(MARKS, (mark) => kept[(mark.codePointAt(0) ?? FIRST_MARK) - FIRST_MARK] ?? "");
}
