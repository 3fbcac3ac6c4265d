/** The demo CRM's notes, kept in this browser. */

const key = (number: string) => `cordboard.crm.note.${number}`;

export function readNote(number: string): string {
  try {
    return localStorage.getItem(key(number)) ?? "";
  } catch {
    return "";
  }
}

export function writeNote(number: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(key(number));
    else localStorage.setItem(key(number), text);
  } catch {
    // Storage may be full or forbidden; the note then lasts as long as the page.
  }
}
