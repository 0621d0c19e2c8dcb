import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { type EndedProgram, type ProgramSpec, passedEnvironment } from "@system-bus/programs";

export type SpecOfProgram = Omit<ProgramSpec, "slot" | "attemptsMax">;

/** Runs what a worker would give to its supervisor, as a supervisor does: output into files. */
export async function runSpec(spec: SpecOfProgram, dir: string): Promise<EndedProgram> {
  await mkdir(dir, { recursive: true });
  const stdoutPath = join(dir, "stdout.log");
  const stderrPath = join(dir, "stderr.log");
  const stdout = await open(stdoutPath, "w");
  const stderr = await open(stderrPath, "w");
  const startedAt = new Date().toISOString();
  const child = Bun.spawn([spec.command, ...spec.args], {
    cwd: spec.cwd ?? dir,
    env: { ...passedEnvironment(process.env), ...spec.env },
    ...{ stdin: "ignore", stdout: stdout.fd, stderr: stderr.fd },
  });
  const exitCode = await child.exited;
  await stdout.close();
  await stderr.close();
  if (exitCode !== 0) throw new Error(`the program failed: ${await Bun.file(stderrPath).text()}`);
  return {
    ...{ key: "run.step.1", endedBy: "exit", exitCode, signal: null, stdoutPath, stderrPath, dir },
    ...{ attempt: 1, startedAt, endedAt: new Date().toISOString(), outputDroppedBytes: 0 },
  };
}
