import type { AppFunction } from "@system-bus/inngest-api";
import { functionPath } from "../routing/route.ts";
import { listenersOf } from "./event-names.ts";

export interface ListenersProps {
  readonly functions: readonly AppFunction[];
  /** Of the event. */
  readonly name: string;
}

/** Which functions an event starts. An event that nothing listens to is accepted and does nothing. */
export function Listeners({ functions, name }: ListenersProps) {
  const listeners = listenersOf(functions, name);
  if (listeners.length === 0) {
    return (
      <p class="note note-warn" role="status">
        No function listens to <code>{name}</code>. The event is stored and starts nothing.
      </p>
    );
  }
  return (
    <p class="note" role="status">
      Starts{" "}
      {listeners.map((fn, index) => (
        <span key={`${fn.app.id}/${fn.id}`}>
          {index > 0 && ", "}
          <a href={functionPath(fn.app.id, fn.id)}>{fn.name}</a>
        </span>
      ))}
      .
    </p>
  );
}
