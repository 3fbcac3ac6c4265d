/** Files in a browser: a download, with what the page knows of itself. */
import type { FilesPort } from "../ports";

export const files: FilesPort = {
  save: (name, text) => {
    const address = URL.createObjectURL(new Blob([text], { type: "text/html" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    URL.revokeObjectURL(address);
    return Promise.resolve(name);
  },
  versions: () => Promise.resolve({ browser: navigator.userAgent }),
  log: () => Promise.resolve([]),
};
