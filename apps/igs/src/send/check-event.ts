import { catalogue, closeMatches, formatProblems, parseEvent } from "@system-bus/events";
import { type AppFunction, isStartedBy } from "@system-bus/inngest-api";
import { CliError } from "../output/failure.ts";

export interface CheckedEvent {
  readonly name: string;
  readonly data: Record<string, unknown>;
  /** The catalogue knows the name. */
  readonly isKnown: boolean;
  readonly warnings: readonly string[];
}

/** Holds an event to its schema. A malformed one throws; an unknown name is none of our business. */
export function checkEvent(name: string, data: Record<string, unknown>): CheckedEvent {
  const parsed = parseEvent(name, data);
  switch (parsed.kind) {
    case "unknown":
      return { name, data, isKnown: false, warnings: [] };
    case "ok": {
      const warnings = parsed.alias ? [`${name} is sent as ${parsed.event.name}.`] : [];
      return { name: parsed.event.name, data, isKnown: true, warnings };
    }
    case "invalid":
      throw new CliError({
        code: "event-invalid",
        message: `Nothing was sent: ${parsed.name} is malformed.\n${formatProblems(parsed.problems)}`,
        fix: `\`igs schema ${parsed.name}\` shows what it holds, with an example.`,
      });
  }
}

/**
 * Warns when nothing listens for a name. The engine's list decides; without one (`functions` is
 * null) the catalogue has to do.
 */
export function findListenerWarnings(
  event: CheckedEvent,
  functions: readonly AppFunction[] | null,
): readonly string[] {
  if (functions?.some((fn) => isStartedBy(fn, event.name))) return [];
  if (event.isKnown) {
    const entry = catalogue.find(({ name }) => name === event.name);
    const expected = entry?.startsFunctions ?? [];
    if (functions === null || expected.length === 0) return [];
    return [
      `No registered function listens for ${event.name} now (${expected.join(", ")} would). Is the worker running? \`igs status\` tells.`,
    ];
  }
  const names = [
    ...catalogue.map(({ name }) => name),
    ...(functions ?? []).flatMap((fn) =>
      fn.triggers.filter(({ type }) => type === "EVENT").map(({ value }) => value),
    ),
  ];
  const guesses = closeMatches(event.name, [...new Set(names)]);
  const guess = guesses.length > 0 ? ` Did you mean ${guesses.join(" or ")}?` : "";
  return [`Nothing listens for ${event.name}.${guess}`];
}
