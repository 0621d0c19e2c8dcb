import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { runBounded } from "@system-bus/programs/run-bounded";
import type { CheckResult } from "../record/fact.ts";
import type { ChecksOrder, OrderedCommand } from "./checks-order.ts";
import { findFirstErrors } from "./first-errors.ts";
import { readFailingTests } from "./read-tests.ts";
import { stripColours } from "./strip-colours.ts";

export interface ChecksSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is told each result as soon as it is there. */
  readonly tell: (result: CheckResult) => void;
}

/** In the order given, whatever fails: a person wants to know all of it, unless the order says otherwise. */
export async function runChecks(
  order: ChecksOrder,
  { env, tell }: ChecksSurroundings,
): Promise<void> {
  for (const command of order.commands) {
    const result = await runCheck(command, order, env);
    tell(result);
    if (order.stopsAtTimeLimit && result.endedBy === "time-limit") return;
  }
}

async function runCheck(
  { command, env: ownEnv, outputFile, reportPath }: OrderedCommand,
  order: ChecksOrder,
  env: ChecksSurroundings["env"],
): Promise<CheckResult> {
  const outputPath = join(order.scratch, outputFile);
  await mkdir(dirname(outputPath), { recursive: true, mode: 0o700 });
  await writeFile(outputPath, "", { mode: 0o600 });
  if (reportPath !== null) await rm(reportPath, { force: true });

  const [name = "", ...args] = command;
  const end = await runBounded({
    command: ownExecutable(name, env),
    ...{ args, cwd: order.folder, env: checkEnvironment(order.folder, { ...env, ...ownEnv }) },
    ...{ outputPath, outputMaxBytes: order.outputMaxBytes, timeMaxMs: order.commandTimeMaxMs },
  });
  const output = stripColours(await readFile(outputPath, "utf8"));
  const hasPassed = end.endedBy === "exit" && end.exitCode === 0;
  return {
    ...{ command: [...command], exitCode: end.exitCode, endedBy: end.endedBy },
    durationMs: Math.round(end.durationMs),
    failingTests: hasPassed ? [] : readFailingTests(output),
    firstErrors: hasPassed ? [] : findFirstErrors(output),
    outputFile,
  };
}

/** Whoever runs us is Bun: a project that is tested with it needs no other. */
function ownExecutable(name: string, env: ChecksSurroundings["env"]): string {
  if (name !== "bun") return name;
  return Bun.which("bun", { PATH: env["PATH"] ?? "" }) ?? process.execPath;
}

/** Programs of the project's own packages are found by name, as in a script of package.json. */
function checkEnvironment(
  folder: string,
  env: ChecksSurroundings["env"],
): Readonly<Record<string, string>> {
  const known = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const path = [join(folder, "node_modules", ".bin"), env["PATH"] ?? ""].join(delimiter);
  return { ...Object.fromEntries(known), PATH: path };
}
