import i18n from "i18next";
import { Component, type ReactNode } from "react";

import { Button } from "../../components/Button";

/** A fault in drawing must not take the call with it: socket and sound live outside the tree. */
export class Crash extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main role="alert" className="grid h-full place-content-center gap-4 p-6 text-center">
        <p className="max-w-sm text-base">{i18n.t("errors.crash")}</p>
        <Button look="solid" className="justify-self-center" onClick={() => window.location.reload()}>
          {i18n.t("errors.reload")}
        </Button>
      </main>
    );
  }
}
