// pi, headless. Its traps: in JSON mode it ends with 0 when its model fails, so only its last message
// tells how it went; it has no sandbox and asks for no permission; `--version` alone leaves an empty
// auth.json behind.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent, AgentRequest, LoginProbe, LoginState } from "../agent.ts";
import { parseJson } from "../output-lines.ts";
import { readPiOutput } from "./pi-output.ts";

const KEY_NAMES = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_OAUTH_TOKEN",
  "OPENAI_API_KEY",
  "AZURE_OPENAI_API_KEY",
  "DEEPSEEK_API_KEY",
  "GEMINI_API_KEY",
  "GROQ_API_KEY",
  "CEREBRAS_API_KEY",
  "XAI_API_KEY",
  "FIREWORKS_API_KEY",
  "OPENROUTER_API_KEY",
  "AI_GATEWAY_API_KEY",
  "ZAI_API_KEY",
  "MISTRAL_API_KEY",
  "KIMI_API_KEY",
] as const;

export const pi: Agent = {
  name: "pi",
  arguments: piArguments,
  takesMaterialAsInput: false,
  passedNames: [
    ...KEY_NAMES,
    "AZURE_OPENAI_BASE_URL",
    "AZURE_OPENAI_RESOURCE_NAME",
    "BRAVE_API_KEY",
    "PI_CODING_AGENT_DIR",
    "PI_OFFLINE",
  ],
  ownEnvironment: { PI_TELEMETRY: "0" },
  readOutput: readPiOutput,
  findLogin: async (probe) => findPiLogin(probe),
};

/** An allow-list takes search tools of pi's extensions away, too, so research gets all there are. */
const READING_TOOLS = "read,grep,find,ls";

function piArguments(request: AgentRequest): string[] {
  const { prompt, materialPath, permissions, model, skillPath } = request;
  return [
    ...["-p", "--mode", "json", "--no-session"],
    ...(permissions === "edit" ? [] : ["--no-context-files"]),
    ...(permissions === "answer" ? ["--tools", READING_TOOLS] : []),
    ...(model === undefined ? [] : ["--model", model]),
    ...(skillPath === undefined ? [] : ["--skill", skillPath]),
    ...(materialPath === undefined ? [] : [`@${materialPath}`]),
    prompt,
  ];
}

/**
 * Whether its person has ever given pi a model: an account, a key, or a provider of their own. Without
 * any it may still have one, from an extension.
 */
function findPiLogin({ env, home }: Pick<LoginProbe, "env" | "home">): LoginState {
  const folder = env["PI_CODING_AGENT_DIR"] ?? join(home, ".pi", "agent");
  const hasKey = KEY_NAMES.some((name) => env[name]);
  const isSetUp = hasKey || hasAccount(folder) || existsSync(join(folder, "models.json"));
  return isSetUp ? "yes" : "unknown";
}

function hasAccount(folder: string): boolean {
  const path = join(folder, "auth.json");
  if (!existsSync(path)) return false;
  const accounts = parseJson(readFileSync(path, "utf8"));
  return typeof accounts === "object" && accounts !== null && Object.keys(accounts).length > 0;
}
