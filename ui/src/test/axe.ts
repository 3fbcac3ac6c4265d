/** Runs axe on what is drawn. Colours are checked in a real browser, which jsdom is not. */
import axe from "axe-core";

export async function violations(): Promise<string[]> {
  const result = await axe.run(document.body, {
    iframes: false,
    preload: false,
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  return result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.html} ${node.failureSummary ?? ""}`),
  );
}
