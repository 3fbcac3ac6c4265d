import { Mic } from "lucide-react";
import { type SyntheticEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { Wordmark } from "../../components/Wordmark";
import type { SignInAnswer } from "../../generated/SignInAnswer";
import { instanceOf } from "../../platform/address";
import { DoorError, type Platform } from "../../platform/ports";
import { LanguageSwitch } from "../shell/LanguageSwitch";
import { DEMO_PASSWORD, DemoUsers } from "./DemoUsers";
import { CheckOffer } from "./CheckOffer";
import { CustomerPageChoice } from "./CustomerPageChoice";
import { type Failure, FailureNote } from "./FailureNote";
import { FIELD } from "./field";
import { GatewayField } from "./GatewayField";
import { PasswordField } from "./PasswordField";
import { SoundNote } from "./SoundNote";
import { StartCentre } from "./StartCentre";

interface Props {
  platform: Platform;
  message: string | null;
  onSignedIn: (who: SignInAnswer) => void;
}

export function SignIn({ platform, message, onSignedIn }: Props) {
  const { t } = useTranslation();
  const ids = { login: useId(), failure: useId() };
  const [address, setAddress] = useState(platform.gateway?.address() ?? "");
  const [place, setPlace] = useState(platform.preferences.read().customerPage);
  const [login, setLogin] = useState(platform.preferences.read().lastLogin);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const instance = platform.gateway === undefined ? platform.instance : instanceOf(address);

  async function signIn(event: SyntheticEvent) {
    event.preventDefault();
    if (platform.gateway !== undefined && address.trim() === "") {
      setFailure({ message: t("signIn.gatewayRequired"), reference: null });
      return;
    }
    if (login.trim() === "" || password === "") {
      setFailure({ message: t("signIn.required"), reference: null });
      return;
    }
    // Sound and a tab are only given to a click, and this is it: nothing may be awaited before them.
    void platform.callAudio?.unlock();
    const opened = place === "tab" && platform.customerPage?.openTab() === true;
    platform.preferences.write({ customerPage: opened ? "tab" : "beside", lastLogin: login.trim() });
    setBusy(true);
    setFailure(null);
    try {
      await platform.gateway?.choose(address);
      onSignedIn(await platform.session.signIn(instance, login.trim(), password));
    } catch (error) {
      setFailure(
        error instanceof DoorError
          ? { message: error.message, reference: error.reference }
          : { message: t("errors.unreachable"), reference: null },
      );
      setBusy(false);
    }
  }

  return (
    <main className="grid min-h-full place-items-center px-4 py-8">
      <div className="w-full max-w-[400px]">
        <header className="mb-6 flex items-center justify-between">
          <Wordmark />
          <LanguageSwitch />
        </header>
        <form
          onSubmit={(event) => void signIn(event)}
          className="rounded-2xl border border-line bg-surface p-6 shadow-card"
          noValidate
        >
          <h1 className="text-xl font-semibold tracking-tight">{t("signIn.title")}</h1>
          <p className="mt-0.5 mb-5 text-faint">{t("signIn.instance", { instance })}</p>
          {message !== null && failure === null && (
            <p role="status" className="mb-4 rounded-lg bg-sunken px-3 py-2 text-soft">
              {message}
            </p>
          )}
          {failure !== null && <FailureNote id={ids.failure} failure={failure} />}
          {platform.gateway !== undefined && <GatewayField address={address} onChange={setAddress} />}
          <label htmlFor={ids.login} className="mb-1 block font-medium">
            {t("signIn.login")}
          </label>
          <input
            id={ids.login}
            name="login"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            className={FIELD}
            value={login}
            onChange={(event) => setLogin(event.target.value)}
            aria-describedby={failure === null ? undefined : ids.failure}
          />
          <PasswordField password={password} onChange={setPassword} />
          {platform.customerPage !== undefined && <CustomerPageChoice place={place} onChange={setPlace} />}
          <Button type="submit" look="solid" size="large" className="mt-5 w-full" disabled={busy}>
            {t(busy ? "signIn.submitting" : "signIn.submit")}
          </Button>
          {platform.media !== undefined && (
            <p className="mt-3 flex gap-2 text-xs text-faint">
              <Mic aria-hidden className="mt-px size-3.5 shrink-0" />
              {t("signIn.microphoneNote")}
            </p>
          )}
        </form>
        {platform.callAudio?.chooseRinger !== undefined && <SoundNote audio={platform.callAudio} />}
        {platform.check !== undefined && <CheckOffer check={platform.check} />}
        {platform.centre !== undefined && <StartCentre centre={platform.centre} onStarted={setAddress} />}
        {instance === "demo" && (
          <DemoUsers
            onChoose={(user) => {
              setLogin(user);
              setPassword(DEMO_PASSWORD);
              setFailure(null);
            }}
          />
        )}
      </div>
    </main>
  );
}
