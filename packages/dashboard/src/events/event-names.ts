import { type AppFunction, isStartedBy } from "@system-bus/inngest-api";

/** Names that at least one function listens to and that a person may send, in order. */
export function sendableNames(functions: readonly AppFunction[]): readonly string[] {
  const names = functions.flatMap(({ triggers }) =>
    triggers
      .filter(({ type, value }) => type === "EVENT" && isSendable(value))
      .map(({ value }) => value),
  );
  return [...new Set(names)].toSorted();
}

/** The engine refuses `inngest/…` from outside, and `a/*` is a pattern, not a name. */
export function isSendable(name: string): boolean {
  return !name.startsWith("inngest/") && !name.endsWith("*");
}

export function listenersOf(
  functions: readonly AppFunction[],
  eventName: string,
): readonly AppFunction[] {
  return functions.filter((fn) => isStartedBy(fn, eventName));
}
