import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type EndedProgram,
  ProgramRetry,
  type ProgramSpec,
  replaceFile,
} from "@system-bus/programs";
import { type CheckResult, CheckResultSchema } from "../record/fact.ts";
import type { ChecksOrder } from "./checks-order.ts";

export interface ChecksRequest {
  /** Of this run of checks, for files in scratch: `baseline`, `US-001-2`. */
  readonly name: string;
  /** Where the commands run. */
  readonly folder: string;
  readonly scratch: string;
  readonly commands: readonly ChecksCommand[];
  readonly commandTimeMaxMs?: number;
  /** Whether a command that doesn't end makes the rest pointless; else all are run. */
  readonly stopsAtTimeLimit?: boolean;
  /** The PATH that they get. */
  readonly searchPath: string;
}

export interface ChecksCommand {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly reportPath?: string;
}

const COMMAND_TIME_MAX_MS = 600_000;
const OUTPUT_MAX_BYTES = 8 * 1024 * 1024;
/** For killing what doesn't want to end, reading outputs, and starting. */
const MARGIN_MS = 30_000;
const MAIN_PATH = join(import.meta.dirname, "run-checks-main.ts");

/**
 * What runs these commands. The order is written into scratch; the caller adds slot and attempts.
 *
 * Its working folder is never the project: Bun would run what the project's bunfig.toml preloads, and
 * read its `.env`.
 */
export async function checksProgram(
  request: ChecksRequest,
): Promise<Omit<ProgramSpec, "slot" | "attemptsMax">> {
  const { name, folder, scratch, commands, searchPath } = request;
  const commandTimeMaxMs = request.commandTimeMaxMs ?? COMMAND_TIME_MAX_MS;
  const order: ChecksOrder = {
    ...{ folder, scratch, commandTimeMaxMs, outputMaxBytes: OUTPUT_MAX_BYTES },
    stopsAtTimeLimit: request.stopsAtTimeLimit ?? false,
    commands: commands.map(({ command, env, reportPath }, index) => ({
      command: [...command],
      env: { ...env },
      outputFile: join("checks", name, `${index + 1}-${fileWord(command)}.log`),
      reportPath: reportPath ?? null,
    })),
  };
  const orderPath = join(scratch, "checks", name, "order.json");
  await mkdir(dirname(orderPath), { recursive: true, mode: 0o700 });
  await replaceFile(orderPath, JSON.stringify(order));
  return {
    command: process.execPath,
    args: ["--smol", MAIN_PATH, orderPath],
    env: { CI: "true", PATH: searchPath },
    wallClockMaxMs: commands.length * (commandTimeMaxMs + MARGIN_MS) + MARGIN_MS,
  };
}

/**
 * What the commands came to, in their order. A command that it didn't get to is `not-started`: whoever
 * reads this counts it as failed. Asks for another program when this one was lost,
 * or failed itself.
 */
export async function readChecks(
  ended: EndedProgram,
  request: Pick<ChecksRequest, "commands">,
): Promise<CheckResult[]> {
  if (ended.endedBy === "lost" || ended.endedBy === "signal" || (ended.exitCode ?? 0) !== 0) {
    const said = (await readFile(ended.stderrPath, "utf8").catch(() => "")).trim().slice(-500);
    throw new ProgramRetry(
      `what runs the checks was ${ended.endedBy === "exit" ? "broken" : "lost"}: ${said}`,
    );
  }
  // What stands behind the last line's end was torn off.
  const lines = (await readFile(ended.stdoutPath, "utf8")).split("\n").slice(0, -1);
  const results = lines.map((line) => CheckResultSchema.parse(JSON.parse(line)));
  const why =
    ended.endedBy === "wall-limit" ? "the checks before took too long" : "the checks ended early";
  const missing = request.commands.slice(results.length).map(
    ({ command }): CheckResult => ({
      ...{ command: [...command], exitCode: null, endedBy: "not-started", durationMs: 0 },
      ...{ failingTests: null, firstErrors: [`not started: ${why}`], outputFile: "" },
    }),
  );
  return [...results, ...missing];
}

function fileWord(command: readonly string[]): string {
  const words = command
    .slice(0, 3)
    .join("-")
    .replace(/[^A-Za-z0-9]+/g, "-");
  return words.replace(/^-|-$/g, "").slice(0, 40) || "check";
}
