import type { z } from "zod";
import { closeMatches } from "./close-matches.ts";
import { findStrayFields, type StrayField } from "./stray-fields.ts";

/** One thing that is wrong with some data. */
export interface DataProblem {
  /** Such as `video.title` or `captions[2].file`; empty for the data as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Everything that the schema has against the data, and the fields that it doesn't know. */
export function findProblems(
  schema: z.ZodType,
  data: unknown,
  of: "event" | "PRD",
): readonly DataProblem[] {
  const strays = findStrayFields(schema, data);
  const told = new Set(strays.map(({ path }) => formatPath(path)));
  const parsed = schema.safeParse(data, { error: describeMissing });
  const faults = (parsed.error?.issues ?? []).filter(
    (issue) =>
      // A strict object tells of its strays, too, and can't say what was meant.
      issue.code !== "unrecognized_keys" ||
      !issue.keys.every((field) => told.has(formatPath([...issue.path, field]))),
  );
  return [
    ...faults.map(({ path, message }) => ({ path: formatPath(path), message })),
    ...strays.map((stray) => describeStray(stray, of)),
  ];
}

/** All problems in lines that a person can act on: one per field, the field first. */
export function formatProblems(problems: readonly DataProblem[]): string {
  return problems
    .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`))
    .join("\n");
}

/** A missing field is the commonest mistake; “expected string, received undefined” hides it. */
function describeMissing(issue: {
  code?: string | undefined;
  input?: unknown;
}): string | undefined {
  return issue.code === "invalid_type" && issue.input === undefined ? "is required" : undefined;
}

function describeStray({ path, knownFields }: StrayField, of: string): DataProblem {
  const field = String(path.at(-1));
  const [guess] = closeMatches(field, knownFields);
  const cure =
    guess === undefined ? `known are: ${knownFields.join(", ")}` : `did you mean “${guess}”?`;
  return { path: formatPath(path), message: `is not a field of this ${of}; ${cure}` };
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((so, part) => {
    if (typeof part === "number") return `${so}[${part}]`;
    return so === "" ? String(part) : `${so}.${String(part)}`;
  }, "");
}
