import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { EndedProgram, ProgramSpec } from "@system-bus/programs";

/**
 * Runs a spec as its supervisor would, but in this process's hands: for tests of what an adapter asks
 * of the real program and makes of its output.
 */
export async function runSpec(
  spec: ProgramSpec,
  folder: string,
  attempt = 1,
): Promise<EndedProgram> {
  const dir = join(folder, `program-${crypto.randomUUID()}`);
  await mkdir(dir);
  const stdoutPath = join(dir, "stdout");
  const stderrPath = join(dir, "stderr");
  const startedAt = new Date().toISOString();
  const child = Bun.spawn([spec.command, ...spec.args], {
    cwd: spec.cwd ?? dir,
    env: { PATH: process.env["PATH"], HOME: folder, ...spec.env },
    stdin: spec.inputPath === undefined ? "ignore" : Bun.file(spec.inputPath),
    stdout: Bun.file(stdoutPath),
    stderr: Bun.file(stderrPath),
  });
  const exitCode = await child.exited;
  const signal = child.signalCode === null ? null : String(child.signalCode);
  return {
    key: "test",
    endedBy: signal === null ? "exit" : "signal",
    exitCode: signal === null ? exitCode : null,
    signal,
    stdoutPath,
    stderrPath,
    dir,
    attempt,
    startedAt,
    endedAt: new Date().toISOString(),
    outputDroppedBytes: 0,
  };
}
