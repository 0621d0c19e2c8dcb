import { passedEnvironment } from "@system-bus/programs";
import type { AgentName, LoginProbe, LoginState } from "./agent.ts";
import { type AgentSurroundings, agentEnvironment } from "./agent-program.ts";
import { agents } from "./agents.ts";

/** What can be known of an installed agent without asking a model. */
export interface AgentReadiness {
  /** Null when it can't be told. */
  readonly version: string | null;
  readonly login: LoginState;
  /** Why it can't even say its version: it is there and does not run. Null when it does. */
  readonly problem: string | null;
}

export interface Examination extends AgentSurroundings {
  /** The agent's executable. */
  readonly command: string;
  readonly home: string;
  /** How long it may take to say anything. */
  readonly answerMaxMs?: number;
}

const ANSWER_MAX_MS = 10_000;

export async function examineAgent(
  name: AgentName,
  examination: Examination,
): Promise<AgentReadiness> {
  const run = (args: readonly string[]) => runBriefly(name, examination, args);
  const said = await run(["--version"]);
  if (said !== null && said.exitCode !== 0) {
    const problem = said.text.trim().split("\n").at(-1) ?? "";
    return { version: null, login: "unknown", problem: problem || `exit code ${said.exitCode}` };
  }
  const version = /\d+\.\d+\.\d+/.exec(said?.text ?? "")?.[0] ?? null;
  const { env, home } = examination;
  return {
    version,
    login: await agents[name].findLogin({ env, home, version, run }),
    problem: null,
  };
}

/**
 * Nothing that runs for long, so no supervisor: it is killed when it doesn't answer. Null then. Its
 * output is not waited for any longer, either: codex is a program that node has started, which would
 * live on and hold it open.
 */
async function runBriefly(
  name: AgentName,
  { command, answerMaxMs = ANSWER_MAX_MS, ...surroundings }: Examination,
  args: readonly string[],
): ReturnType<LoginProbe["run"]> {
  const child = Bun.spawn([command, ...args], {
    env: { ...passedEnvironment(surroundings.env), ...agentEnvironment(name, surroundings) },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const tooLong = Promise.withResolvers<null>();
  const timer = setTimeout(() => tooLong.resolve(null), answerMaxMs);
  const finished = Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  const answer = await Promise.race([finished, tooLong.promise]);
  clearTimeout(timer);
  child.kill("SIGKILL");
  if (answer === null) return null;
  const [exitCode, stdout, stderr] = answer;
  return { exitCode, text: stdout.trim() === "" ? stderr : stdout };
}
