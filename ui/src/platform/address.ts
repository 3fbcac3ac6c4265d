/** `/workbench/<instance>/agentdesk` names the instance, in a page's own address or in one that was typed. */
export function instanceOf(address: string): string {
  const name = /\/workbench\/([^/?#]+)/.exec(address)?.[1];
  try {
    return name === undefined ? "demo" : decodeURIComponent(name);
  } catch {
    return "demo";
  }
}
