import { type BusEvent, catalogue, findEvent } from "./catalogue.ts";
import type { CatalogueEntry } from "./catalogue-entry.ts";
import { closeMatches } from "./close-matches.ts";
import { findStrayFields, type StrayField } from "./stray-fields.ts";

/** One thing that is wrong with an event's data. */
export interface EventProblem {
  /** Such as `video.title` or `captions[2].file`; empty for the data as a whole. */
  readonly path: string;
  readonly message: string;
}

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
      readonly problems: readonly EventProblem[];
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
  const problems = findProblems(entry, data ?? {});
  if (problems.length > 0) return { kind: "invalid", name: entry.name, problems };
  // The schema that belongs to this name has just accepted this data.
  const event = { name: entry.name, data: data ?? {} } as BusEvent;
  return { kind: "ok", event, alias: entry.name === name ? null : name };
}

/** All problems in lines that a person can act on: one per field, the field first. */
export function formatProblems(problems: readonly EventProblem[]): string {
  return problems
    .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`))
    .join("\n");
}

function findProblems({ schema }: CatalogueEntry, data: unknown): readonly EventProblem[] {
  const parsed = schema.safeParse(data, { error: describeMissing });
  const faults = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    path: formatPath(path),
    message,
  }));
  return [...faults, ...findStrayFields(schema, data).map(describeStray)];
}

/** A missing field is the commonest mistake; “expected string, received undefined” hides it. */
function describeMissing(issue: {
  code?: string | undefined;
  input?: unknown;
}): string | undefined {
  return issue.code === "invalid_type" && issue.input === undefined ? "is required" : undefined;
}

function describeStray({ path, knownFields }: StrayField): EventProblem {
  const field = String(path.at(-1));
  const [guess] = closeMatches(field, knownFields);
  const cure =
    guess === undefined ? `known are: ${knownFields.join(", ")}` : `did you mean “${guess}”?`;
  return { path: formatPath(path), message: `is not a field of this event; ${cure}` };
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((so, part) => {
    if (typeof part === "number") return `${so}[${part}]`;
    return so === "" ? String(part) : `${so}.${String(part)}`;
  }, "");
}
