// One interface for three command lines. Each adapter says how its agent is asked and how its output
// is read; everything that holds for all three is beside this file.

import type { AgentFailureKind, AgentUsage } from "./agent-result.ts";

export type AgentName = "codex" | "claude" | "pi";

/**
 * `answer`: it reads in its folder and answers. `research`: and looks things up on the web. `edit`: it
 * also changes files in its folder and runs commands. How far each agent enforces this itself stands
 * in docs/operating.md: pi has no sandbox, and its research is done with a shell.
 */
export type AgentPermissions = "answer" | "research" | "edit";

export interface AgentRequest {
  /** Begins with a letter, so that no agent takes it for an option, a file or a command. */
  readonly prompt: string;
  /** A file that it is given whole, together with the prompt. */
  readonly materialPath: string | undefined;
  readonly permissions: AgentPermissions;
  /** As the agent's own `--model` takes it; undefined: the one that its person has chosen. */
  readonly model: string | undefined;
  /** A skill's folder, or its Markdown file. */
  readonly skillPath: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Agent {
  readonly name: AgentName;
  arguments(request: AgentRequest): string[];
  /** The material is its standard input; else `arguments` names it. */
  readonly takesMaterialAsInput: boolean;
  /** What it may see of the worker's environment: its own accounts, and where its settings lie. */
  readonly passedNames: readonly string[];
  /** What it is given beside that, where the worker's environment says nothing else. */
  readonly ownEnvironment: Readonly<Record<string, string>>;
  /** Its whole output, after its end. */
  readOutput(output: AgentOutput): AgentAccount;
  findLogin(probe: LoginProbe): Promise<LoginState>;
}

export interface AgentOutput {
  readonly stdout: string;
  readonly stderr: string;
}

export interface AgentTrouble {
  readonly message: string;
  /** HTTP status of the model's server, where the agent tells it. */
  readonly status?: number | undefined;
  /** Where the agent itself says what it is. */
  readonly kind?: AgentFailureKind | undefined;
  /** When a limit ends, in milliseconds since 1970, where the agent tells it as a number. */
  readonly resetAtMs?: number | undefined;
}

/** What an agent's output says. It never decides alone: see `decide-result.ts`. */
export interface AgentAccount {
  /** How it says that it has ended; null when the output breaks off. */
  readonly end: { readonly answer: string } | { readonly trouble: AgentTrouble } | null;
  /** What it last complained of while it went on trying. */
  readonly lastTrouble: AgentTrouble | null;
  readonly usage: AgentUsage;
  readonly model: string | null;
  readonly toolText: string;
}

/** `unknown`: only a call of the model would tell. */
export type LoginState = "yes" | "no" | "unknown";

export interface LoginProbe {
  readonly env: Environment;
  readonly home: string;
  /** Of the installed agent; null when it doesn't say. */
  readonly version: string | null;
  /** Runs the agent with these arguments. Null when it can't be run or takes too long. */
  run(
    args: readonly string[],
  ): Promise<{ readonly exitCode: number; readonly text: string } | null>;
}
