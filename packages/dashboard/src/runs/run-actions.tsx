import { useSignal } from "@preact/signals";
import { hasEnded, type Run } from "@system-bus/inngest-api";
import { useEffect, useRef } from "preact/hooks";
import { useEngine } from "../engine/engine.ts";
import type { Action } from "../engine/use-action.ts";

export interface RunActionsProps {
  readonly run: Run;
  readonly action: Action;
  readonly onCancelled: () => void;
  readonly onRerun: () => void;
}

export function RunActions({ run, action, onCancelled, onRerun }: RunActionsProps) {
  if (!hasEnded(run.status))
    return <CancelButton runId={run.id} action={action} onCancelled={onCancelled} />;
  return (
    <button type="button" class="button" disabled={action.isBusy.value} onClick={onRerun}>
      Rerun
    </button>
  );
}

type CancelButtonProps = Pick<RunActionsProps, "action" | "onCancelled"> & {
  readonly runId: string;
};

/** Asks once more: what is cancelled can't be taken up again where it was. */
function CancelButton({ runId, action, onCancelled }: CancelButtonProps) {
  const engine = useEngine();
  const isAsking = useSignal(false);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isAsking.value) keep.current?.focus();
  }, [isAsking.value]);
  const cancel = () =>
    action.start(async () => {
      await engine.cancelRun(runId);
      isAsking.value = false;
      onCancelled();
    });
  if (!isAsking.value) {
    return (
      <button
        type="button"
        class="button button-bad"
        onClick={() => {
          isAsking.value = true;
        }}
      >
        Cancel run
      </button>
    );
  }
  return (
    <fieldset class="ask">
      <legend>Cancel this run?</legend>
      <button
        type="button"
        class="button"
        ref={keep}
        onClick={() => {
          isAsking.value = false;
        }}
      >
        Let it run
      </button>
      <button
        type="button"
        class="button button-bad button-main"
        disabled={action.isBusy.value}
        onClick={cancel}
      >
        Yes, cancel
      </button>
    </fieldset>
  );
}
