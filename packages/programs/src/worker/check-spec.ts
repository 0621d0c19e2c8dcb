import { isAbsolute } from "node:path";
import { z } from "zod";
import { ProgramError } from "../program-error.ts";
import type { ProgramSpec } from "../program-spec.ts";

const WALL_CLOCK_MAX_MS = 7 * 24 * 3_600_000;
const ATTEMPTS_MAX = 100;

/** The system hands arguments on as C strings. */
const argument = z.string().refine((text) => !text.includes("\0"), "must not hold a NUL");

const SpecSchema = z.object({
  command: argument
    .min(1)
    .refine(
      (command) => isAbsolute(command) || !command.includes("/"),
      "must be a name on the PATH or an absolute path",
    ),
  args: z.array(argument),
  cwd: argument.refine(isAbsolute, "must be an absolute path").optional(),
  inputPath: argument.refine(isAbsolute, "must be an absolute path").optional(),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), argument).optional(),
  slot: z.string().optional(),
  wallClockMaxMs: z.int().min(1).max(WALL_CLOCK_MAX_MS),
  graceMaxMs: z.int().min(0).optional(),
  attemptsMax: z.int().min(1).max(ATTEMPTS_MAX),
});

/** Throws one error that names every problem. Never the environment's values. */
export function checkSpec(spec: ProgramSpec, slots: Readonly<Record<string, number>>): void {
  const parsed = SpecSchema.safeParse(spec);
  if (!parsed.success) {
    throw new ProgramError("SPEC_INVALID", `bad program spec:\n${z.prettifyError(parsed.error)}`);
  }
  if (spec.slot !== undefined && !Object.hasOwn(slots, spec.slot)) {
    const known = Object.keys(slots).join(", ") || "none";
    throw new ProgramError("SPEC_INVALID", `no slot is named ${spec.slot} (there are: ${known})`);
  }
}
