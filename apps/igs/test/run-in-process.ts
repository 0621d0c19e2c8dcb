import type { Application } from "@stricli/core";
import type { CliContext } from "../src/context.ts";
import { runCli } from "../src/run-cli.ts";
import { createQuietContext } from "./quiet-context.ts";

interface Options {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A whole command line in this process, as a program gets it: much quicker than a process of its own. */
export async function runInProcess(
  application: Application<CliContext>,
  args: readonly string[],
  options: Options,
): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  const { context, written } = createQuietContext(options);
  const exitCode = await runCli(application, args, context);
  return { exitCode, stdout: written.join("") };
}
