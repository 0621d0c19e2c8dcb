// The real agents, each in a home of its own whose only model is a test's.

import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { AgentName } from "@system-bus/agents";
import type { ModelServer } from "./model-server.ts";
import type { Scratch } from "./scratch.ts";

/** Where bin/test puts them; see `ensure_tool` there. */
const cache =
  process.platform === "darwin"
    ? join(process.env.XDG_CACHE_HOME ?? join(homedir(), "Library/Caches"), "system-bus")
    : join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "system-bus");

/** The version that the adapters were written for, before one that a person uses. */
const find = (name: AgentName): string | null =>
  Bun.which(name, { PATH: join(cache, "test-tools/node_modules/.bin") }) ?? Bun.which(name);

/** The real ones; null where bin/test has not installed it. */
export const agentCommands: Readonly<Record<AgentName, string | null>> = {
  codex: find("codex"),
  claude: find("claude"),
  pi: find("pi"),
};

for (const [name, command] of Object.entries(agentCommands)) {
  if (command === null) console.warn(`skipping what needs ${name}: bin/test installs it`);
}

export const AGENT_KEY = "a-key-of-the-agent-that-nobody-may-see";

/**
 * An agent whose only model is this server's. Returns the variables under which it uses it, with the
 * PATH on which it is found.
 */
export async function setUpAgent(
  name: AgentName,
  scratch: Scratch,
  model: ModelServer,
): Promise<Readonly<Record<string, string>>> {
  const command = agentCommands[name];
  if (command === null) throw new Error(`${name} is not installed`);
  const variables = await setUps[name](scratch, model);
  return { ...variables, PATH: `${dirname(command)}:${scratch.env["PATH"]}` };
}

type SetUp = (scratch: Scratch, model: ModelServer) => Promise<Readonly<Record<string, string>>>;

const setUps: Readonly<Record<AgentName, SetUp>> = {
  async pi(scratch, model) {
    const provider = {
      ...{ baseUrl: model.url, api: "openai-completions", apiKey: AGENT_KEY },
      compat: { supportsDeveloperRole: false, supportsReasoningEffort: false },
      models: [{ id: "scripted", contextWindow: 128_000, maxTokens: 8_000 }],
    };
    // Its own retries take a minute; the bus has its own.
    const retry = { enabled: false, provider: { maxRetries: 0, timeoutMs: 20_000 } };
    const folder = scratch.path("home", ".pi", "agent");
    await mkdir(folder, { recursive: true });
    await Bun.write(
      join(folder, "models.json"),
      JSON.stringify({ providers: { local: provider } }),
    );
    await Bun.write(join(folder, "settings.json"), JSON.stringify({ retry }));
    return { PI_MODEL: "local/scripted", PI_OFFLINE: "1" };
  },

  async codex(scratch, model) {
    const folder = scratch.path("home", ".codex");
    await mkdir(folder, { recursive: true });
    await Bun.write(
      join(folder, "config.toml"),
      `model_provider = "local"
[model_providers.local]
name = "local"
base_url = "${model.url}"
env_key = "CODEX_API_KEY"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
`,
    );
    return { CODEX_API_KEY: AGENT_KEY, CODEX_MODEL: "scripted" };
  },

  async claude(_scratch, model) {
    return {
      ...{ ANTHROPIC_BASE_URL: model.origin, ANTHROPIC_API_KEY: AGENT_KEY },
      ...{ CLAUDE_CODE_MAX_RETRIES: "0", CLAUDE_MODEL: "scripted" },
    };
  },
};
