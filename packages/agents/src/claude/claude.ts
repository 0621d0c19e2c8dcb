// claude, headless. Its traps: its result says `success` when its model failed, with `is_error` beside
// it; by itself it retries ten times with growing pauses, a refused key included, and waits as long as
// a rate limit says.

import { z } from "zod";
import type { Agent, AgentPermissions, AgentRequest, LoginProbe, LoginState } from "../agent.ts";
import { parseJson } from "../output-lines.ts";
import { skillFolder, withSkill } from "../skill.ts";
import { readClaudeOutput } from "./claude-output.ts";

export const claude: Agent = {
  name: "claude",
  arguments: claudeArguments,
  takesMaterialAsInput: true,
  passedNames: [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_MODEL",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CONFIG_DIR",
    "CLAUDE_CODE_USE_BEDROCK",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_REGION",
    "CLAUDE_CODE_MAX_RETRIES",
  ],
  ownEnvironment: {
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    CLAUDE_CODE_MAX_RETRIES: "2",
  },
  readOutput: readClaudeOutput,
  findLogin: findClaudeLogin,
};

/** Which tools there are, and which of them nobody has to be asked for. */
const TOOLS = {
  answer: { all: "Read,Glob,Grep", allowed: "", mode: "dontAsk" },
  research: {
    all: "Read,Glob,Grep,WebSearch,WebFetch",
    allowed: "WebSearch,WebFetch",
    mode: "dontAsk",
  },
  edit: { all: "Read,Glob,Grep,Edit,Write,Bash", allowed: "Bash", mode: "acceptEdits" },
} as const satisfies Record<AgentPermissions, object>;

function claudeArguments(request: AgentRequest): string[] {
  const { permissions, model, skillPath } = request;
  const { all, allowed, mode } = TOOLS[permissions];
  return [
    ...["-p", "--output-format", "stream-json", "--verbose", "--include-partial-messages"],
    // Servers of its person's own would bring tools that the permissions do not know.
    ...["--no-session-persistence", "--strict-mcp-config"],
    ...["--tools", all, "--permission-mode", mode],
    ...(allowed === "" ? [] : ["--allowedTools", allowed]),
    ...(skillPath === undefined ? [] : ["--add-dir", skillFolder(skillPath)]),
    ...(model === undefined ? [] : ["--model", model]),
    "--",
    withSkill(request),
  ];
}

const Status = z.object({ loggedIn: z.boolean() });

/** The oldest that was tried. One that doesn't know the command would take it for a prompt. */
const STATUS_SINCE = [2, 1, 197];

async function findClaudeLogin({ version, run }: LoginProbe): Promise<LoginState> {
  if (version === null || !isAtLeast(version, STATUS_SINCE)) return "unknown";
  const status = Status.safeParse(parseJson((await run(["auth", "status"]))?.text ?? ""));
  if (!status.success) return "unknown";
  return status.data.loggedIn ? "yes" : "no";
}

function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  const differing = wanted.findIndex((part, index) => part !== parts[index]);
  return differing < 0 || (parts[differing] ?? 0) > (wanted[differing] ?? 0);
}
