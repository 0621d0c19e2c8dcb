import type { ProgramSpec } from "@system-bus/programs";
import type { AgentName, AgentRequest, Environment } from "./agent.ts";
import { agents } from "./agents.ts";

export interface AgentProgram extends AgentRequest {
  /** The agent's executable. */
  readonly command: string;
  /** Where it works; undefined: an empty folder of its own. */
  readonly folder: string | undefined;
  readonly timeMaxMs: number;
}

export interface AgentSurroundings {
  /** The worker's own, of which it is given what concerns it. */
  readonly env: Environment;
  /** The PATH that it gets. */
  readonly searchPath: string;
}

/**
 * No grace. claude, told to end, kills its tool and goes on with whatever its model says next, for a
 * second and a half: a dozen more calls were seen. None of the three has anything to save.
 */
const GRACE_MAX_MS = 0;

/** One argument may have 128 KiB on Linux; what is longer belongs into the material. */
const PROMPT_MAX_BYTES = 100_000;

/** What to run for this request. The caller adds slot and attempts. */
export function agentProgram(
  name: AgentName,
  program: AgentProgram,
  surroundings: AgentSurroundings,
): Omit<ProgramSpec, "slot" | "attemptsMax"> {
  checkPrompt(program.prompt);
  const agent = agents[name];
  const { command, folder, materialPath, timeMaxMs } = program;
  return {
    command,
    args: agent.arguments(program),
    env: agentEnvironment(name, surroundings, program.isContained),
    wallClockMaxMs: timeMaxMs,
    graceMaxMs: GRACE_MAX_MS,
    ...(folder === undefined ? {} : { cwd: folder }),
    ...(agent.takesMaterialAsInput && materialPath !== undefined
      ? { inputPath: materialPath }
      : {}),
  };
}

/** What the adapter names beyond what every program gets; a name that the worker has wins. */
export function agentEnvironment(
  name: AgentName,
  { env, searchPath }: AgentSurroundings,
  isContained = false,
): Record<string, string> {
  const { ownEnvironment, passedNames, passedPaths } = agents[name];
  const names = isContained ? passedNames : [...passedNames, ...passedPaths];
  const passed = names.flatMap((passedName) => {
    const value = env[passedName];
    return value === undefined ? [] : [[passedName, value] as const];
  });
  return { ...ownEnvironment, ...Object.fromEntries(passed), PATH: searchPath };
}

function checkPrompt(prompt: string): void {
  if (!/^\p{L}/u.test(prompt)) {
    throw new Error("broken promise: a prompt begins with a letter, so that it is never an option");
  }
  if (Buffer.byteLength(prompt) > PROMPT_MAX_BYTES) {
    throw new Error(
      `broken promise: a prompt has at most ${PROMPT_MAX_BYTES} bytes; the rest goes into the material`,
    );
  }
}
