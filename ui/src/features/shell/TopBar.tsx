import { Wordmark } from "../../components/Wordmark";
import { useView } from "../../desk/store";
import { DemoButtons } from "./DemoButtons";
import { Menu } from "./Menu";
import { Presence } from "./Presence";
import { SoundState } from "./SoundState";

export function TopBar({ wide }: { wide: boolean }) {
  const view = useView();
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line bg-surface px-3 lg:gap-4 lg:px-4">
      <Wordmark small />
      <Presence />
      <div className="flex-1" />
      {wide && view?.centre.demo === true && <DemoButtons />}
      <SoundState short={!wide} />
      <Menu />
    </header>
  );
}
