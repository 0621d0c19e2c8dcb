// The worker by itself: `INNGEST_DEV=1 bun run src/serve.ts`. Exports nothing.

import { openStateFolder, readSettings, SettingsError } from "@system-bus/settings";
import { createWorker } from "./worker.ts";

const settings = orExit(() => {
  const read = readSettingsNow();
  openStateFolder(read.folders.root);
  return read;
});
const worker = createWorker(settings, { readSettings: readSettingsNow });

let isStopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    // A second signal means: now.
    if (isStopping) process.exit(1);
    isStopping = true;
    void worker.stop().then(() => process.exit(0));
  });
}

const { url } = await worker.start().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  return exitWith(
    `The worker can't start on ${settings.host}:${settings.workerPort}: ${reason}\nIf another program has that port, BUS_WORKER_PORT names another one.`,
  );
});
console.log(`System Bus worker on ${url} (engine ${settings.engineUrl}, vault ${settings.vault})`);
for (const warning of settings.warnings) console.warn(warning);

function readSettingsNow() {
  return readSettings({ env: process.env, dotEnvFolder: process.cwd() });
}

function orExit<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SettingsError) return exitWith(error.message);
    throw error;
  }
}

function exitWith(message: string): never {
  console.error(message);
  process.exit(1);
}
