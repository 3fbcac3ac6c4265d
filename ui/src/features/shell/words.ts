/** The gateway's codes in the person's language, where the product knows them. */
import type { TFunction } from "i18next";

import { zh } from "../../i18n/zh-CN";

function known<Group extends object>(group: Group, code: string): code is Extract<keyof Group, string> {
  return Object.hasOwn(group, code);
}

/** A break's reason: three are the system's own words, the rest are the centre's. */
export function breakWord(code: string, t: TFunction): string {
  return known(zh.breakCode, code) ? t(`breakCode.${code}`) : code;
}

export function breakHint(code: string, t: TFunction): string {
  return known(zh.breakCode, code) ? t(`breakHint.${code}`) : t("breakHint.other");
}

export function dispositionWord(code: string, t: TFunction): string {
  return known(zh.disposition, code) ? t(`disposition.${code}`) : code;
}

export function eventWord(name: string, t: TFunction): string {
  return known(zh.event, name) ? t(`event.${name}`) : name;
}
