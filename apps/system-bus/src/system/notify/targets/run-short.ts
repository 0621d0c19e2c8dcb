import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { passedEnvironment, programSearchPath } from "@system-bus/programs";
import { runBounded } from "@system-bus/programs/run-bounded";
import { oneLine } from "../../../notes/plain-text.ts";
import { WorkerError } from "../../../worker-error.ts";

/** What short programs run with. */
export interface ShortProgramDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where their input and output lie while they run. */
  readonly folder: string;
}

export interface ShortProgram {
  readonly words: readonly string[];
  readonly input: string;
  /** Variables that it needs beside those that every program gets. */
  readonly alsoPassed?: readonly string[];
}

const TIME_MAX_MS = 30_000;
const OUTPUT_MAX_BYTES = 64 * 1024;
const WORDS_MAX = 200;

/**
 * Runs a program that tells a person something: no shell, thirty seconds, an allow-list of variables, and no
 * process left behind. Throws unless it ends with 0.
 */
export async function runShort(program: ShortProgram, deps: ShortProgramDeps): Promise<void> {
  const [command = "", ...args] = program.words;
  await mkdir(deps.folder, { recursive: true, mode: 0o700 });
  const base = join(deps.folder, randomUUID());
  const inputPath = `${base}.in`;
  const outputPath = `${base}.out`;
  try {
    await writeFile(inputPath, program.input, { mode: 0o600, flag: "wx" });
    const end = await runBounded({
      ...{ command, args, cwd: deps.folder, inputPath, outputPath },
      env: environmentOf(program, deps),
      outputMaxBytes: OUTPUT_MAX_BYTES,
      timeMaxMs: TIME_MAX_MS,
    });
    if (end.endedBy === "exit" && end.exitCode === 0) return;
    if (end.endedBy === "not-started") {
      throw new WorkerError("NOTIFY_REFUSED", end.problem ?? `${command} can't be started`);
    }
    const how =
      end.endedBy === "time-limit"
        ? `was not done within ${TIME_MAX_MS / 1_000} s`
        : `ended with ${end.exitCode ?? end.signal}`;
    const said = oneLine(await readFile(outputPath, "utf8").catch(() => "")).slice(-WORDS_MAX);
    const words = `${command} ${how}${said === "" ? "" : `: ${said}`}`;
    throw new WorkerError("NOTIFY_FAILED", words);
  } finally {
    await rm(inputPath, { force: true });
    await rm(outputPath, { force: true });
  }
}

function environmentOf(
  { alsoPassed = [] }: ShortProgram,
  { env, home }: ShortProgramDeps,
): Readonly<Record<string, string>> {
  const also = alsoPassed.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...passedEnvironment({ ...env }),
    ...Object.fromEntries(also),
    PATH: programSearchPath({ path: env["PATH"], home }),
  };
}
