import type { ComponentChildren } from "preact";
import type { Live } from "../live/use-live.ts";
import { EmptyState } from "./empty-state.tsx";
import { FailureNote } from "./failure-note.tsx";

export interface LiveStateProps<T> {
  readonly live: Live<T>;
  /** What is said where the engine knows no such thing. */
  readonly missing?: string;
  /** Draws the value; it stays on the page while a newer one can't be had. */
  readonly children: (value: T) => ComponentChildren;
}

export function LiveState<T>({ live, missing, children }: LiveStateProps<T>) {
  const value = live.value.value;
  const failure = live.failure.value;
  if (failure?.code === "not-found" && missing !== undefined)
    return <EmptyState title="Not found">{<p>{missing}</p>}</EmptyState>;
  return (
    <div class="live" aria-busy={!live.isFresh.value && failure === undefined}>
      <FailureNote failure={failure} />
      {value !== undefined && children(value)}
      {value === undefined && failure === undefined && <p class="waiting">Loading…</p>}
    </div>
  );
}
