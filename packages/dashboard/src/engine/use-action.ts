import { type ReadonlySignal, useSignal } from "@preact/signals";
import { noteAnswer, noteFailure } from "./connection.ts";
import type { Failure } from "./failure.ts";

export interface Action {
  readonly isBusy: ReadonlySignal<boolean>;
  readonly failure: ReadonlySignal<Failure | undefined>;
  /** Does nothing while an earlier act goes on: a double click is one. */
  readonly start: (act: () => Promise<void>) => Promise<void>;
}

/** Something that a person asks the engine to do, once. */
export function useAction(): Action {
  const isBusy = useSignal(false);
  const failure = useSignal<Failure | undefined>(undefined);
  const start = async (act: () => Promise<void>) => {
    if (isBusy.value) return;
    isBusy.value = true;
    failure.value = undefined;
    try {
      await act();
      noteAnswer();
    } catch (error) {
      failure.value = noteFailure(error, Date.now());
    } finally {
      isBusy.value = false;
    }
  };
  return { isBusy, failure, start };
}
