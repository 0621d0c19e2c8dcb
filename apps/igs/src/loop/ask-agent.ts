import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AgentResult, agentProgram, readAgentResult } from "@system-bus/agents";
import { passedEnvironment } from "@system-bus/programs";
import { runBounded } from "@system-bus/programs/run-bounded";
import type { LoopTool } from "@system-bus/settings";
import type { CliContext } from "../context.ts";
import { searchPathOf } from "./loop-agents.ts";

export interface AgentQuestion {
  readonly tool: LoopTool;
  readonly command: string;
  readonly prompt: string;
  /** What is too long for the prompt. */
  readonly material: string | null;
  readonly model: string | undefined;
  /** What it may read. */
  readonly folder: string;
  /** Where its output goes; made anew. */
  readonly scratch: string;
  readonly timeMaxMs: number;
  readonly stop: AbortSignal;
}

const OUTPUT_MAX_BYTES = 32 * 1024 * 1024;

/**
 * One answer of an agent within this command: it reads and answers, no more. Nothing of it lives when
 * this returns.
 */
export async function askAgent(
  context: Pick<CliContext, "env">,
  { tool, command, prompt, material, model, folder, scratch, timeMaxMs, stop }: AgentQuestion,
): Promise<AgentResult> {
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const materialPath = material === null ? undefined : join(scratch, "material.md");
  if (materialPath !== undefined && material !== null) {
    await writeFile(materialPath, material, { mode: 0o600 });
  }
  const request = { command, prompt, materialPath, permissions: "answer", model } as const;
  const spec = agentProgram(
    tool,
    { ...request, skillPath: undefined, folder, timeMaxMs },
    { env: context.env, searchPath: searchPathOf(context) },
  );
  const stdoutPath = join(scratch, "stdout.log");
  const stderrPath = join(scratch, "stderr.log");
  const startedAt = new Date().toISOString();
  const ended = await runBounded({
    ...{ command: spec.command, args: spec.args, cwd: folder, timeMaxMs, stop },
    env: { ...passedEnvironment(context.env), ...spec.env },
    ...{ outputPath: stdoutPath, errorPath: stderrPath, outputMaxBytes: OUTPUT_MAX_BYTES },
    ...(spec.inputPath === undefined ? {} : { inputPath: spec.inputPath }),
  });
  return readAgentResult(tool, {
    ...{ key: "prd", attempt: 1, dir: scratch, stdoutPath, stderrPath },
    endedBy: endedByOf(ended, stop),
    ...{ exitCode: ended.endedBy === "not-started" ? 127 : ended.exitCode, signal: ended.signal },
    ...{ startedAt, endedAt: new Date().toISOString() },
    outputDroppedBytes: ended.outputDroppedBytes,
  });
}

function endedByOf(
  { endedBy, signal }: Awaited<ReturnType<typeof runBounded>>,
  stop: AbortSignal,
): "exit" | "signal" | "wall-limit" | "stopped" {
  if (endedBy === "time-limit") return stop.aborted ? "stopped" : "wall-limit";
  return signal === null ? "exit" : "signal";
}
