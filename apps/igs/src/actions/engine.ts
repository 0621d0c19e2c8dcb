import { startEngine } from "@system-bus/engine";
import type { Settings } from "@system-bus/settings";
import { createAction } from "../action.ts";
import type { EngineFlags } from "../engine/engine-flags.ts";
import { readEngineSetup } from "../engine/engine-setup.ts";
import { formatLogLine } from "../engine/format-log-line.ts";
import { loadSettings } from "../load-settings.ts";
import { buildEnvelope } from "../output/envelope.ts";

export const engine = createAction<EngineFlags>("engine", async ({ io, context }, flags) => {
  const settings = loadEngineSettings(flags, context.env);
  const setup = readEngineSetup(flags, { settings, env: context.env, cwd: context.cwd });
  for (const warning of setup.warnings) context.stderr.write(`warn ${warning}\n`);
  const stopped = context.listenForStop();
  const { dashboardRoutes } = await import("@system-bus/dashboard");
  const running = await startEngine({
    ...setup.options,
    pages: dashboardRoutes,
    onLog: (line) => context.stderr.write(`${formatLogLine(line)}\n`),
  });
  const { url, port } = running;
  const state =
    setup.options.storage.kind === "memory" ? "memory only" : setup.options.storage.path;
  const result = { url, port, pid: process.pid, state, isDev: setup.options.isDev };
  context.stdout.write(
    io.isJson
      ? `${JSON.stringify(buildEnvelope("engine", { result }))}\n`
      : `Embedded engine ready on ${url} (Inngest-compatible, ${state})\n`,
  );
  await new Promise<void>((resolve) => {
    if (stopped.aborted) resolve();
    else stopped.addEventListener("abort", () => resolve(), { once: true });
  });
  await running.stop(STOP_GRACE_MS);
  return { result, text: "", isTold: true };
});

/** How long calls in hand may take to end; what is cut off is due again at the next start. */
const STOP_GRACE_MS = 5_000;

function loadEngineSettings(
  { dev, host, port }: EngineFlags,
  env: Readonly<Record<string, string | undefined>>,
): Settings {
  const flags = {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { enginePort: port }),
  };
  return loadSettings({ env }, { mode: dev ? "dev" : "start", flags });
}
