import { useTranslation } from "react-i18next";

export const DEMO_PASSWORD = "cordboard";

/** The demo centre's people; their password is public. */
const USERS = [
  { login: "alice", role: "agent", groups: "sales" },
  { login: "bob", role: "agent", groups: "sales · support" },
  { login: "dave", role: "agent", groups: "support" },
  { login: "carol", role: "manager", groups: "" },
  { login: "admin", role: "admin", groups: "" },
] as const;

export function DemoUsers({ onChoose }: { onChoose: (login: string) => void }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("signIn.demoTitle")} className="mt-4 rounded-2xl border border-line px-5 py-4">
      <h2 className="font-medium">{t("signIn.demoTitle")}</h2>
      <p className="mb-3 text-xs text-faint">{t("signIn.demoHint", { password: DEMO_PASSWORD })}</p>
      <ul className="flex flex-wrap gap-2">
        {USERS.map((user) => (
          <li key={user.login}>
            <button
              type="button"
              onClick={() => onChoose(user.login)}
              className="rounded-lg border border-line bg-surface px-3 py-1.5 text-left hover:border-line-strong"
            >
              <span className="block text-[0.8125rem] font-medium">{user.login}</span>
              <span className="block text-2xs text-faint">
                {t(`signIn.${user.role}`)}
                {user.groups !== "" && ` · ${user.groups}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
