// codex, headless. Its traps: it waits for ever for a server that can't be reached, or that takes a
// call and says nothing, so only the time limit ends it; its JSON tells of tokens at the very end, so
// they are read from its trace.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent, AgentPermissions, AgentRequest, LoginProbe, LoginState } from "../agent.ts";
import { withSkill } from "../skill.ts";
import { readCodexOutput } from "./codex-output.ts";

export const codex: Agent = {
  name: "codex",
  arguments: codexArguments,
  takesMaterialAsInput: true,
  passedNames: [
    "CODEX_API_KEY",
    "CODEX_ACCESS_TOKEN",
    "CODEX_HOME",
    "CODEX_CA_CERTIFICATE",
    // What providers in its config.toml may name as their key.
    "OPENAI_API_KEY",
    "OPENAI_ORGANIZATION",
    "OPENAI_PROJECT",
    "AZURE_OPENAI_API_KEY",
    "OPENROUTER_API_KEY",
  ],
  // Its trace, of which this part is meant to be shown to others: statuses and counts, no contents.
  ownEnvironment: { RUST_LOG: "error,codex_otel.trace_safe=info" },
  readOutput: readCodexOutput,
  findLogin: findCodexLogin,
};

const SANDBOX = {
  answer: "read-only",
  research: "read-only",
  edit: "workspace-write",
} as const satisfies Record<AgentPermissions, string>;

function codexArguments(request: AgentRequest): string[] {
  const { permissions, model } = request;
  const settings = {
    "analytics.enabled": false,
    check_for_update_on_startup: false,
    // The commands that the model writes do not get the keys that codex itself was given.
    "shell_environment_policy.ignore_default_excludes": false,
    web_search: permissions === "research" ? "live" : "disabled",
  };
  return [
    ...["exec", "--json", "--ephemeral", "--skip-git-repo-check", "--disable", "plugins"],
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ...["--sandbox", SANDBOX[permissions]],
    ...(model === undefined ? [] : ["--model", model]),
    "--",
    withSkill(request),
  ];
}

/** `codex login status` knows neither a key in the environment nor a provider of its person's own. */
async function findCodexLogin({ env, home, run }: LoginProbe): Promise<LoginState> {
  if (env["CODEX_API_KEY"] || env["CODEX_ACCESS_TOKEN"]) return "yes";
  const status = await run(["login", "status"]);
  if (status === null) return "unknown";
  if (status.exitCode === 0) return "yes";
  const config = join(env["CODEX_HOME"] ?? join(home, ".codex"), "config.toml");
  const hasOwnProvider =
    existsSync(config) && /^\s*model_provider\s*=/m.test(readFileSync(config, "utf8"));
  return hasOwnProvider || !/not logged in/i.test(status.text) ? "unknown" : "no";
}
