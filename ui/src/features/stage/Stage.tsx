import { useTranslation } from "react-i18next";

import { type Scene, callOf, sceneOf } from "../../desk/scene";
import { useView } from "../../desk/store";
import { CallControls } from "./CallControls";
import { CallFacts } from "./CallFacts";
import { Glance } from "./Glance";
import { IdleBody } from "./IdleBody";
import { RingActions } from "./RingActions";
import { SoundStrip } from "./SoundStrip";
import { StageBand } from "./StageBand";
import { useKeptFocus } from "./useKeptFocus";
import { WrapUpBody } from "./WrapUpBody";

function Body({ scene }: { scene: Scene }) {
  switch (scene.kind) {
    case "offline":
    case "break":
    case "ready":
      return <IdleBody scene={scene} />;
    case "wrap_up":
      return <WrapUpBody wrapUp={scene.wrapUp} />;
    case "ringing":
    case "dialing":
    case "talking":
    case "held":
      return <CallFacts call={scene.call} />;
  }
}

/** Row of the ring: Answer and Decline are the only things that are ever pressed here. */
function RingRow({ scene }: { scene: Scene }) {
  if (scene.kind === "ringing") return <RingActions call={scene.call} />;
  const call = callOf(scene);
  return call === null ? null : <SoundStrip call={call} />;
}

/** Row of the call: mute, hold, keypad and hang up are the only things that are ever pressed here. */
function CallRow({ scene }: { scene: Scene }) {
  const call = callOf(scene);
  return call === null || scene.kind === "ringing" ? null : <CallControls call={call} />;
}

/**
 * The state of the desk in four rows of fixed height. Each row holds one kind of control and no row ever moves, so
 * that a change of state never puts another button under the pointer.
 */
export function Stage() {
  const { t } = useTranslation();
  const view = useView();
  const section = useKeptFocus(view === null ? "loading" : sceneOf(view).kind);
  if (view === null) {
    return (
      <section aria-busy aria-label={t("state.loading")} className="h-[25rem] shrink-0 border-b border-line bg-surface">
        <div className="h-11 bg-sunken" />
      </section>
    );
  }
  const scene = sceneOf(view);
  const idle = callOf(scene) === null;
  return (
    <section
      ref={section}
      tabIndex={-1}
      data-tone={scene.kind}
      data-testid="stage"
      aria-label={t(`state.${scene.kind}`)}
      className="flex h-[25rem] shrink-0 flex-col border-b border-line bg-surface outline-none"
    >
      <StageBand scene={scene} />
      <div className="h-[12.25rem] shrink-0 overflow-hidden">
        <Body scene={scene} />
      </div>
      {idle ? (
        <Glance view={view} />
      ) : (
        <>
          <div className="h-[5.25rem] shrink-0 px-4">
            <RingRow scene={scene} />
          </div>
          <div className="h-[4.75rem] shrink-0 px-4">
            <CallRow scene={scene} />
          </div>
        </>
      )}
    </section>
  );
}
