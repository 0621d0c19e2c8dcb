import { type DataProblem, findProblems, formatProblems, PrdSchema } from "@system-bus/events";
import type { z } from "zod";
import { LoopsError } from "../loops-error.ts";
import { findStoryProblems } from "./find-story-problems.ts";

export type Prd = z.infer<typeof PrdSchema>;
export type Story = Prd["stories"][number];

/** It travels in an event, of which an Inngest server takes 512 KB, with the rest of its data. */
const BYTES_MAX = 400_000;
/** More than a person reads; a file that is no PRD at all may have any number. */
const PROBLEMS_MAX = 300;

/**
 * A PRD that a loop can work on: of the schema, and with stories that can be put in order.
 * @throws LoopsError `PRD_INVALID` with all that is wrong, one line each, the place first
 */
export function readPrd(value: unknown): Prd {
  const problems = [
    ...findProblems(PrdSchema, value, "PRD"),
    ...findStoryProblems(value),
    ...findSizeProblems(value),
  ];
  const parsed = PrdSchema.safeParse(value);
  if (parsed.success && problems.length === 0) return parsed.data;
  const told = formatProblems(problems.slice(0, PROBLEMS_MAX));
  const rest = problems.length - PROBLEMS_MAX;
  const more = rest > 0 ? `\n… and ${rest} more` : "";
  throw new LoopsError("PRD_INVALID", `The PRD cannot be used:\n${told}${more}`);
}

function findSizeProblems(value: unknown): readonly DataProblem[] {
  const sizeBytes = Buffer.byteLength(JSON.stringify(value) ?? "");
  if (sizeBytes <= BYTES_MAX) return [];
  return [
    {
      path: "",
      message: `The PRD has ${sizeBytes} bytes, and at most ${BYTES_MAX} fit into an event: make two of it`,
    },
  ];
}
