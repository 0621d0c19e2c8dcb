import { expect } from "bun:test";
import type { DescribedCommand } from "../src/results/described-commands.ts";
import { resultSchemas } from "../src/results/result-schemas.ts";

/** The published schema of a command's result holds of this one, and names each of its fields. */
export function expectDescribed(command: DescribedCommand, result: unknown): void {
  // Whatever a schema doesn't name is left out by zod.
  expect<unknown>(resultSchemas[command].parse(result)).toEqual(result);
}
