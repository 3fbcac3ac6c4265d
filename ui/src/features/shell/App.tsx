import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { Desk } from "../../desk/desk";
import type { Locale } from "../../generated/Locale";
import type { SignInAnswer } from "../../generated/SignInAnswer";
import { speak } from "../../i18n/i18n";
import { DoorError, type Platform, type Preferences } from "../../platform/ports";
import { keepCalls } from "../diagnostics/calls";
import { keepTimeline } from "../diagnostics/timeline";
import { SignIn } from "../sign-in/SignIn";
import { Crash } from "./Crash";
import { DeskContext, type DeskTools } from "./DeskContext";
import { DeskShell } from "./DeskShell";
import { SettingsContext } from "./SettingsContext";
import { useTheme } from "./useTheme";

type Stage =
  | { at: "restoring" }
  | { at: "door"; message: string | null }
  | { at: "desk"; who: SignInAnswer; desk: Desk };

export function App({ platform }: { platform: Platform }) {
  const { t } = useTranslation();
  const [stage, setStage] = useState<Stage>({ at: "restoring" });
  const [preferences, setPreferences] = useState<Preferences>(platform.preferences.read());
  const [queries] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 5_000, refetchOnWindowFocus: false } } }),
  );
  const restoring = useRef(false);
  const open = useRef<Desk | null>(null);
  useTheme(preferences.theme);

  function enter(who: SignInAnswer, byClick: boolean) {
    const desk = new Desk(platform, (message) => {
      queries.clear();
      setStage({ at: "door", message: message ?? t("signIn.sessionEnded") });
    });
    setPreferences(platform.preferences.read());
    setStage({ at: "desk", who, desk });
    open.current = desk;
    desk.start(byClick);
  }

  useEffect(() => () => open.current?.stop(), []);
  useEffect(() => keepTimeline(platform.preferences), [platform]);
  useEffect(() => keepCalls(platform.preferences), [platform]);

  useEffect(() => {
    if (restoring.current) return;
    restoring.current = true;
    platform.session.current().then(
      (who) => {
        // A session of another instance is no session here.
        if (who?.instance === platform.instance) enter(who, false);
        else setStage({ at: "door", message: null });
      },
      (error: unknown) => setStage({ at: "door", message: error instanceof DoorError ? error.message : null }),
    );
    // Restoring happens once in the life of the page.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  const settings = useMemo(() => {
    const prefer = (change: Partial<Preferences>) => {
      platform.preferences.write(change);
      setPreferences(platform.preferences.read());
    };
    const setLocale = (locale: Locale) => {
      prefer({ locale });
      void speak(locale).then(() => {
        if (stage.at === "desk") stage.desk.languageChanged();
      });
    };
    return { preferences, prefer, setLocale };
  }, [platform, preferences, stage]);

  const tools = useMemo<DeskTools | null>(() => {
    if (stage.at !== "desk") return null;
    const { desk, who } = stage;
    const signOut = () => {
      desk.act({ type: "sign_out" });
      desk.stop();
      queries.clear();
      setStage({ at: "door", message: t("signIn.signedOut") });
      platform.session.signOut().catch(() => undefined);
    };
    return { desk, who, platform, preferences, prefer: settings.prefer, signOut };
  }, [stage, platform, preferences, settings, queries, t]);

  return (
    <Crash>
      <SettingsContext value={settings}>
        <QueryClientProvider client={queries}>
          <Tooltip.Provider delayDuration={350}>
            {stage.at === "restoring" && <p className="sr-only">{t("signIn.restoring")}</p>}
            {stage.at === "door" && (
              <SignIn platform={platform} message={stage.message} onSignedIn={(who) => enter(who, true)} />
            )}
            {tools !== null && (
              <DeskContext value={tools}>
                <DeskShell />
              </DeskContext>
            )}
          </Tooltip.Provider>
        </QueryClientProvider>
      </SettingsContext>
    </Crash>
  );
}
