// One engine in a process of its own, for a benchmark: `bun engine-process.ts DIR PORT [SETTINGS]`. Tells its
// parent when it is ready, of each run that ended and of what it complains about, over Bun's IPC channel.

import { startEngine } from "@system-bus/engine";
import { endWithParent } from "./end-with-parent.ts";
import type { EngineMessage, EngineSettings } from "./messages.ts";

const [directory = "", port = "0", settings = "{}"] = process.argv.slice(2);
// `BusUnderTest` wrote it.
const { retryIntervalMs, isAlone = false } = JSON.parse(settings) as EngineSettings;
const tell = (message: EngineMessage) => process.send?.(message);
endWithParent();

if (isAlone) {
  const refuse = () => Promise.reject(new Error("connection refused: this engine is alone"));
  globalThis.fetch = Object.assign(refuse, { preconnect: () => {} });
}

const engine = await startEngine({
  host: "127.0.0.1",
  port: Number(port),
  storage: { kind: "directory", path: directory },
  isDev: true,
  eventKeys: [],
  ...(retryIntervalMs !== undefined && { retryIntervalMs }),
  onRunEnded: ({ runId, status }) => tell({ kind: "ended", runId, status }),
  onLog: (line) => {
    if (line.level === "error") tell({ kind: "complaint", text: describe(line) });
  },
});
tell({ kind: "ready", url: engine.url });
process.on("SIGTERM", () => void engine.stop().then(() => process.exit(0)));

function describe({ message, error, ...rest }: Readonly<Record<string, unknown>>): string {
  return `${message}: ${error ?? ""} ${JSON.stringify(rest)}`;
}
