import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { noteAnswer, noteFailure } from "../engine/connection.ts";
import type { Failure } from "../engine/failure.ts";
import { type After, Polling } from "./polling.ts";

export interface Live<T> {
  /** The newest value; of the key before, while `isFresh` is false. */
  readonly value: ReadonlySignal<T | undefined>;
  /** Why there is no newer value, until there is one. */
  readonly failure: ReadonlySignal<Failure | undefined>;
  readonly isFresh: ReadonlySignal<boolean>;
  readonly refresh: () => void;
}

export interface LiveOptions<T> {
  /** Names what is loaded: when it changes, the new thing is loaded at once. */
  readonly key: string;
  readonly load: (signal: AbortSignal) => Promise<T>;
  readonly delayMs: (value: T) => number;
}

const after: After = (delayMs, act) => {
  const timer = setTimeout(act, delayMs);
  return () => clearTimeout(timer);
};

/** Keeps a value fresh while the component is on a page that can be seen. */
export function useLive<T>(options: LiveOptions<T>): Live<T> {
  const value = useSignal<T | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const isFresh = useSignal(false);
  const polling = useRef<Polling<T>>(undefined);

  useEffect(() => {
    isFresh.value = false;
    failure.value = undefined;
    const { load, delayMs } = options;
    const current = new Polling<T>(
      {
        load,
        delayMs,
        after,
        onValue: (loaded) => {
          noteAnswer();
          value.value = loaded;
          failure.value = undefined;
          isFresh.value = true;
        },
        onFailure: (error, retryInMs) => {
          failure.value = noteFailure(error, Date.now() + retryInMs);
        },
      },
      isPageVisible(),
    );
    polling.current = current;
    const followVisibility = () => current.setVisible(isPageVisible());
    document.addEventListener("visibilitychange", followVisibility);
    return () => {
      document.removeEventListener("visibilitychange", followVisibility);
      current.stop();
    };
  }, [options.key]);

  return { value, failure, isFresh, refresh: () => polling.current?.refresh() };
}

function isPageVisible(): boolean {
  return document.visibilityState === "visible";
}
