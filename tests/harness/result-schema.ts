import { z } from "zod";
import { type Env, runIgs } from "./igs.ts";
import type { Scratch } from "./scratch.ts";

/** What `igs schema` says of a command's result, to hold a real one to. */
export async function loadResultSchema(
  scratch: Scratch,
  env: Env,
  command: string,
): Promise<z.ZodType> {
  const { envelope } = await runIgs(scratch, env, ["schema", "--command", command]);
  return z.fromJSONSchema(envelope.result.schema);
}
