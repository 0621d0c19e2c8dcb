import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Scratch } from "./scratch.ts";

/** Where bin/test puts it; see `ensure_tool` there. */
const cache =
  process.platform === "darwin"
    ? join(process.env.XDG_CACHE_HOME ?? join(homedir(), "Library/Caches"), "system-bus")
    : join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "system-bus");

/** The real pi; null where bin/test has not installed it. */
export const pi =
  Bun.which("pi") ?? Bun.which("pi", { PATH: join(cache, "test-tools/node_modules/.bin") });

/** A pi whose only model is this server's. Returns the settings under which the worker uses it. */
export async function setUpPi(
  scratch: Scratch,
  modelUrl: string,
): Promise<Readonly<Record<string, string>>> {
  if (pi === null) throw new Error("pi is not installed");
  const folder = scratch.path("home", ".pi", "agent");
  await mkdir(folder, { recursive: true });
  const provider = {
    ...{ baseUrl: modelUrl, api: "openai-completions", apiKey: "not-a-secret" },
    compat: { supportsDeveloperRole: false, supportsReasoningEffort: false },
    models: [{ id: "scripted", contextWindow: 128_000, maxTokens: 8_000 }],
  };
  await Bun.write(join(folder, "models.json"), JSON.stringify({ providers: { local: provider } }));
  // Its own retries take a minute; the bus has its own.
  const retry = { enabled: false, provider: { maxRetries: 0, timeoutMs: 20_000 } };
  await Bun.write(join(folder, "settings.json"), JSON.stringify({ retry }));
  return {
    SUMMARY_BY: "pi",
    PI_MODEL: "local/scripted",
    PI_OFFLINE: "1",
    PATH: `${scratch.env["PATH"]}:${dirname(pi)}`,
  };
}
