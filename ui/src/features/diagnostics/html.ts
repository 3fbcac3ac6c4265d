/** The few shapes of which an exported page is made. Whatever is not written here goes through `shown`. */
import { redacted } from "./redact";

export const time = (at: number) => new Date(at).toISOString();

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export const shown = (text: string) => escaped(redacted(text));

/** Names with their values. */
export function table(rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return "<p>Nothing.</p>";
  return `<table>${rows.map(([name, value]) => `<tr><th scope="row">${shown(name)}</th><td>${shown(value)}</td></tr>`).join("")}</table>`;
}

/** Rows under a head. */
export function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "<p>Nothing.</p>";
  const cells = (row: readonly string[]) => row.map((cell) => `<td>${shown(cell)}</td>`).join("");
  return (
    `<table class="grid"><thead><tr>${head.map((name) => `<th scope="col">${shown(name)}</th>`).join("")}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join("")}</tbody></table>`
  );
}
