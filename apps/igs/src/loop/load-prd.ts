import { resolve } from "node:path";
import { type Prd, readPrd } from "@system-bus/loops";
import type { CliContext } from "../context.ts";
import { CliError } from "../output/failure.ts";

/** A PRD from a file, or from stdin. @throws LoopsError `PRD_INVALID`, with all that is wrong. */
export async function loadPrd(
  given: string,
  context: Pick<CliContext, "cwd" | "readStdin">,
): Promise<Prd> {
  const text =
    given === "-" ? await context.readStdin() : await readText(resolve(context.cwd, given));
  return readPrd(parsePrd(text, given));
}

async function readText(path: string): Promise<string> {
  try {
    return await Bun.file(path).text();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError({
      code: "usage",
      message: `The PRD ${path} can't be read: ${reason}`,
      fix: "Give a file that is there, or - for stdin.",
    });
  }
}

function parsePrd(text: string, given: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError({
      code: "refused",
      message: `The PRD ${given === "-" ? "on stdin" : given} is not JSON: ${reason}`,
      fix: "docs/loops.md shows one.",
    });
  }
}
