import { type AppFunction, readTime } from "@system-bus/inngest-api";
import { useEngine } from "../engine/engine.ts";
import { useAction } from "../engine/use-action.ts";
import { FailureNote } from "../parts/failure-note.tsx";
import { Moment } from "../parts/moment.tsx";

export interface PauseControlProps {
  readonly fn: AppFunction;
  readonly onChanged: () => void;
}

/** Stops a function from starting runs, and lets it go on. Only the embedded engine has this. */
export function PauseControl({ fn, onChanged }: PauseControlProps) {
  const engine = useEngine();
  const action = useAction();
  const key = { appId: fn.app.id, functionId: fn.id };
  const change = () =>
    action.start(async () => {
      await (fn.pause ? engine.resumeFunction(key) : engine.pauseFunction(key));
      onChanged();
    });
  return (
    <>
      <FailureNote failure={action.failure.value} />
      <p class="form-actions">
        <button type="button" class="button" disabled={action.isBusy.value} onClick={change}>
          {fn.pause ? "Resume" : "Pause"}
        </button>
        <span class="quiet">{fn.pause ? RESUME_HINT : PAUSE_HINT}</span>
      </p>
    </>
  );
}

const PAUSE_HINT = "It starts no more runs, and those that go on wait after their current step.";
const RESUME_HINT = "It starts runs again, and those that waited go on.";

export function PauseNote({ pause }: Pick<AppFunction, "pause">) {
  if (!pause) return null;
  return (
    <p class="note" role="status">
      Paused since <Moment atMs={readTime(pause.pausedAt)} />: it starts no runs
      {pause.holdsRuns ? ", and its unfinished ones wait." : "."}
    </p>
  );
}
