/** The customer page in a tab of its own, found again by name after a reload of the desk. */
import type { CustomerPagePort } from "../ports";

const TAB = "cordboard-customer-page";

export class BrowserCustomerPage implements CustomerPagePort {
  #tab: Window | null = null;

  openTab(url = ""): boolean {
    this.#tab = window.open(url, TAB);
    return this.#tab !== null;
  }

  showInTab(url: string): boolean {
    if (this.#tab === null || this.#tab.closed) {
      // Finds the tab that an earlier life of this page opened; without one the browser refuses, which is the answer.
      this.#tab = window.open(url, TAB);
      return this.#tab !== null;
    }
    this.#tab.location.href = url;
    return true;
  }
}
