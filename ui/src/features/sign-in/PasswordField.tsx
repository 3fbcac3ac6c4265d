import { Eye, EyeOff } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../components/Button";
import { FIELD } from "./field";

export function PasswordField({ password, onChange }: { password: string; onChange: (password: string) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <>
      <label htmlFor={id} className="mt-4 mb-1 block font-medium">
        {t("signIn.password")}
      </label>
      <div className="relative">
        <input
          id={id}
          name="password"
          type={shown ? "text" : "password"}
          autoComplete="current-password"
          className={`${FIELD} pr-10`}
          value={password}
          onChange={(event) => onChange(event.target.value)}
        />
        <Button
          look="ghost"
          size="icon"
          className="absolute top-1 right-1"
          aria-label={t(shown ? "signIn.hidePassword" : "signIn.showPassword")}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? <EyeOff aria-hidden className="size-4" /> : <Eye aria-hidden className="size-4" />}
        </Button>
      </div>
    </>
  );
}
