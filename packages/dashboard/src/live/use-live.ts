import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { UpdateTopic } from "@system-bus/inngest-api";
import { useEffect, useRef } from "preact/hooks";
import { noteAnswer, noteFailure } from "../engine/connection.ts";
import { useEngine } from "../engine/engine.ts";
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
  readonly restMs?: (value: T) => number;
  /** What the engine tells of it; an engine that tells nothing is looked at by the delay alone. */
  readonly updates?: readonly UpdateTopic[];
}

const after: After = (delayMs, act) => {
  const timer = setTimeout(act, delayMs);
  return () => clearTimeout(timer);
};

/** Keeps a value fresh while the component is on a page that can be seen. */
export function useLive<T>(options: LiveOptions<T>): Live<T> {
  const engine = useEngine();
  const value = useSignal<T | undefined>(undefined);
  const failure = useSignal<Failure | undefined>(undefined);
  const isFresh = useSignal(false);
  const polling = useRef<Polling<T>>(undefined);

  useEffect(() => {
    isFresh.value = false;
    failure.value = undefined;
    const { load, delayMs, restMs, updates } = options;
    const current = new Polling<T>(
      {
        load,
        delayMs,
        ...(restMs && { restMs }),
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
    let stopListening = () => {};
    const listen = () => {
      if (!updates) return;
      stopListening = engine.updates.listen({
        topics: updates,
        onUpdate: () => current.noteChange(),
        onConnection: (isConnected) => current.setTold(isConnected),
      });
    };
    const followVisibility = () => {
      stopListening();
      current.setVisible(isPageVisible());
      current.setTold(false);
      if (isPageVisible()) listen();
    };
    if (isPageVisible()) listen();
    document.addEventListener("visibilitychange", followVisibility);
    return () => {
      document.removeEventListener("visibilitychange", followVisibility);
      stopListening();
      current.stop();
    };
  }, [options.key]);

  return { value, failure, isFresh, refresh: () => polling.current?.refresh() };
}

function isPageVisible(): boolean {
  return document.visibilityState === "visible";
}
