import type { Application } from "@stricli/core";
import { createProcessContext } from "./cli-context.ts";
import type { CliContext } from "./context.ts";
import { runCli } from "./run-cli.ts";

/** What a finished command may still hold open, a call to an app that hangs for instance. */
const LINGER_MAX_MS = 2_000;

/** Runs this process's command line. The process ends by itself when all is written. */
export async function runProcess(
  name: string,
  application: Application<CliContext>,
): Promise<void> {
  process.exitCode = await runCli(application, process.argv.slice(2), createProcessContext(name));
  setTimeout(() => process.exit(), LINGER_MAX_MS).unref();
}
