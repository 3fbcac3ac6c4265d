import { AppWindow, Check, ChevronDown, FileHeart, Keyboard, LogOut, Minimize2, Stethoscope, Volume2 } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { MENU, MENU_ITEM } from "../../components/menus";
import { mainCall } from "../../desk/state";
import { useView } from "../../desk/store";
import { CheckDialog } from "../check/CheckDialog";
import { DiagnosticsDialog } from "../diagnostics/DiagnosticsDialog";
import { SoundDialog } from "../sound/SoundDialog";
import { CustomerPageItem } from "../window/CustomerPageItem";
import { WindowDialog } from "../window/WindowDialog";
import { useCompact } from "../window/useCompact";
import { DemoItems } from "./DemoItems";
import { useTools } from "./DeskContext";
import { useSettings } from "./SettingsContext";
import { ShortcutsDialog } from "./ShortcutsDialog";

const CHOICE = `${MENU_ITEM} justify-between`;

export function Menu() {
  const { t, i18n } = useTranslation();
  const { who, signOut, platform } = useTools();
  const { frame, hotkeys, autostart } = platform;
  const setCompact = useCompact((state) => state.setCompact);
  const { preferences, prefer, setLocale } = useSettings();
  const view = useView();
  const [dialog, setDialog] = useState<"sound" | "check" | "diagnostics" | "shortcuts" | "window" | null>(null);
  const inCall = mainCall(view) !== null;
  const mark = <Check aria-hidden className="size-4" />;

  return (
    <>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger
          className="flex h-9 shrink-0 items-center gap-2 rounded-lg px-1.5 hover:bg-ink/6"
        >
          <span className="sr-only">{`${t("menu.label")}: ${who.display_name}`}</span>
          <span aria-hidden className="grid size-7 place-items-center rounded-full bg-ink/10 text-xs font-semibold uppercase">
            {Array.from(who.display_name)[0] ?? "?"}
          </span>
          <span aria-hidden className="hidden max-w-28 truncate text-[0.8125rem] font-medium xl:inline">{who.display_name}</span>
          <ChevronDown aria-hidden className="size-3.5 text-faint" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content align="end" sideOffset={6} className={MENU}>
            <DropdownMenu.Label className="px-2.5 pt-1 pb-2">
              <span className="block font-medium">{who.display_name}</span>
              <span className="block text-xs text-faint">
                {who.user_id}
                {view !== null && ` · ${t("inbound.extension")} ${view.agent.extension}`}
              </span>
            </DropdownMenu.Label>
            <DemoItems />
            <DropdownMenu.Separator className="my-1 h-px bg-line" />
            <DropdownMenu.Label className="px-2.5 py-1 text-xs text-faint">{t("menu.language")}</DropdownMenu.Label>
            <DropdownMenu.RadioGroup value={i18n.language}>
              <DropdownMenu.RadioItem value="zh-CN" lang="zh-CN" className={CHOICE} onSelect={() => setLocale("zh-CN")}>
                中文 {i18n.language === "zh-CN" && mark}
              </DropdownMenu.RadioItem>
              <DropdownMenu.RadioItem value="en" lang="en" className={CHOICE} onSelect={() => setLocale("en")}>
                English {i18n.language === "en" && mark}
              </DropdownMenu.RadioItem>
            </DropdownMenu.RadioGroup>
            <DropdownMenu.Label className="px-2.5 py-1 text-xs text-faint">{t("menu.theme")}</DropdownMenu.Label>
            <DropdownMenu.RadioGroup value={preferences.theme}>
              {(["system", "light", "dark"] as const).map((theme) => (
                <DropdownMenu.RadioItem key={theme} value={theme} className={CHOICE} onSelect={() => prefer({ theme })}>
                  {t(`menu.${theme}`)} {preferences.theme === theme && mark}
                </DropdownMenu.RadioItem>
              ))}
            </DropdownMenu.RadioGroup>
            <DropdownMenu.Separator className="my-1 h-px bg-line" />
            <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setDialog("sound")}>
              <Volume2 aria-hidden className="size-4" /> {t("menu.sound")}
            </DropdownMenu.Item>
            {platform.check !== undefined && (
              <DropdownMenu.Item className={MENU_ITEM} disabled={inCall} onSelect={() => setDialog("check")}>
                <Stethoscope aria-hidden className="size-4" /> {t("check.title")}
              </DropdownMenu.Item>
            )}
            <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setDialog("shortcuts")}>
              <Keyboard aria-hidden className="size-4" /> {t("menu.shortcuts")}
            </DropdownMenu.Item>
            {platform.files !== undefined && (
              <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setDialog("diagnostics")}>
                <FileHeart aria-hidden className="size-4" /> {t("diagnostics.title")}
              </DropdownMenu.Item>
            )}
            {(hotkeys !== undefined || autostart !== undefined) && (
              <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setDialog("window")}>
                <AppWindow aria-hidden className="size-4" /> {t("window.title")}
              </DropdownMenu.Item>
            )}
            <CustomerPageItem />
            {frame !== undefined && (
              <DropdownMenu.Item className={MENU_ITEM} onSelect={() => setCompact(frame, true)}>
                <Minimize2 aria-hidden className="size-4" /> {t("window.compact")}
              </DropdownMenu.Item>
            )}
            <DropdownMenu.Separator className="my-1 h-px bg-line" />
            <DropdownMenu.Item className={MENU_ITEM} disabled={inCall} onSelect={signOut}>
              <LogOut aria-hidden className="size-4" /> {t(inCall ? "presence.signOutInCall" : "presence.signOut")}
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <SoundDialog open={dialog === "sound"} onClose={() => setDialog(null)} />
      {platform.check !== undefined && (
        <CheckDialog check={platform.check} open={dialog === "check"} onClose={() => setDialog(null)} />
      )}
      {platform.files !== undefined && (
        <DiagnosticsDialog files={platform.files} open={dialog === "diagnostics"} onClose={() => setDialog(null)} />
      )}
      <WindowDialog open={dialog === "window"} onClose={() => setDialog(null)} />
      <ShortcutsDialog open={dialog === "shortcuts"} onClose={() => setDialog(null)} />
    </>
  );
}
