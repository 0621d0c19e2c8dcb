import { z } from "zod";

const WrappedSchema = z.strictObject({ data: z.unknown() });

/** Traces wrap what a step or a function returned in `{data}`; to whoever reads it that is noise. */
export function unwrapOutput(output: unknown): unknown {
  const wrapped = WrappedSchema.safeParse(output);
  return wrapped.success ? wrapped.data.data : output;
}
