/** Sentences of the gateway that are worth having in the person's own language. */
import i18n from "i18next";

const KNOWN = {
  SignInFailed: "SignInFailed",
  "Throttling.User": "ThrottlingUser",
  SessionEnded: "SessionEnded",
  "InternalService.DB": "InternalServiceDB",
  "Permission.Origin": "PermissionOrigin",
  BadAddress: "BadAddress",
  NotAGateway: "NotAGateway",
} as const;

export function saidHere(code: string, message: string): string {
  if (code === "Unreachable") return i18n.t("errors.unreachable");
  return Object.hasOwn(KNOWN, code) ? i18n.t(`apiError.${KNOWN[code as keyof typeof KNOWN]}`) : message;
}
