import { type AgentName, examineAgent } from "@system-bus/agents";
import { installWords } from "@system-bus/programs";
import type { SummarySettings } from "@system-bus/settings";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import { WorkerError } from "../worker-error.ts";
import { agentOf, chooseSummaryWay, type SummaryMeans, type SummaryWay } from "./summary-way.ts";

export interface SummarySurroundings {
  readonly finder: ProgramFinder;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** What was asked for, or the best that is there. Asked for by name and missing is an error. */
export async function findSummaryWay(
  { by, modelUrl }: Pick<SummarySettings, "by" | "modelUrl">,
  surroundings: SummarySurroundings,
): Promise<SummaryWay> {
  const name = agentOf(by);
  if (name !== null) return askFor(name, surroundings);
  if (by === "model" || by === "extractive") return { kind: by };
  return chooseSummaryWay({
    pi: await lookAtPi(surroundings),
    isModelSet: modelUrl !== undefined,
  });
}

const LOGIN_WORDS = {
  codex: "run `codex login`, or set CODEX_API_KEY",
  claude: "run `claude auth login`, or set ANTHROPIC_API_KEY",
  pi: "run `pi` and /login there",
} as const satisfies Record<AgentName, string>;

async function askFor(name: AgentName, surroundings: SummarySurroundings): Promise<SummaryWay> {
  const command = surroundings.finder.get(name);
  const { login, problem, version } = await examine(name, command, surroundings);
  if (problem !== null) {
    throw new WorkerError(
      "PROGRAM_MISSING",
      `${command} does not run: ${problem}. Install what it needs, or ${name} itself again: ${installWords(name)} — then send the event again`,
    );
  }
  // Where it can't be told, its model will.
  if (login === "no") {
    throw new WorkerError(
      "AGENT_NOT_LOGGED_IN",
      `${name}${version === null ? "" : ` ${version}`} is not logged in: ${LOGIN_WORDS[name]}, then send the event again`,
    );
  }
  return { kind: "agent", name, command };
}

async function lookAtPi(surroundings: SummarySurroundings): Promise<SummaryMeans["pi"]> {
  const command = surroundings.finder.find("pi");
  if (command === null) return { kind: "unused" };
  const { login, problem } = await examine("pi", command, surroundings);
  if (problem !== null) return { kind: "broken", problem };
  return login === "yes" ? { kind: "ready", command } : { kind: "unused" };
}

function examine(name: AgentName, command: string, { finder, env, home }: SummarySurroundings) {
  return examineAgent(name, { command, env, home, searchPath: finder.searchPath });
}
