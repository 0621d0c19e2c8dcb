import { type BusEvent, catalogue, findEvent } from "./catalogue.ts";
import { closeMatches } from "./close-matches.ts";
import { type DataProblem, findProblems } from "./find-problems.ts";

/** What a name and some data come to at the sending door. */
export type ParsedEvent =
  | {
      readonly kind: "ok";
      readonly event: BusEvent;
      /** The name it was asked for under, when that was an alias. */
      readonly alias: string | null;
    }
  | { readonly kind: "unknown"; readonly name: string; readonly closeMatches: readonly string[] }
  | {
      readonly kind: "invalid";
      readonly name: string;
      readonly problems: readonly DataProblem[];
    };

const namesAndAliases = catalogue.flatMap(({ name, aliases }) => [name, ...aliases]);

/**
 * Checks what is about to be sent. Stricter than the check on receipt: a field that the schema does
 * not know is refused (stray-fields.ts says why only here).
 */
export function parseEvent(name: string, data: unknown): ParsedEvent {
  const entry = findEvent(name);
  if (entry === null) {
    return { kind: "unknown", name, closeMatches: closeMatches(name, namesAndAliases) };
  }
  const problems = findProblems(entry.schema, data ?? {}, "event");
  if (problems.length > 0) return { kind: "invalid", name: entry.name, problems };
  // The schema that belongs to this name has just accepted this data.
  const event = { name: entry.name, data: data ?? {} } as BusEvent;
  return { kind: "ok", event, alias: entry.name === name ? null : name };
}
