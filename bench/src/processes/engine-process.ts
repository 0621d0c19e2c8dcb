// One engine in a process of its own, for a benchmark: `bun engine-process.ts DIR [PORT]`. Tells its parent
// when it is ready and of each run that ended, over the IPC channel of Bun.spawn.

import { startEngine } from "@system-bus/engine";
import type { EngineMessage } from "./messages.ts";

const [directory = "", port = "0"] = process.argv.slice(2);
const tell = (message: EngineMessage) => process.send?.(message);

const engine = await startEngine({
  host: "127.0.0.1",
  port: Number(port),
  storage: { kind: "directory", path: directory },
  isDev: true,
  eventKeys: [],
  onRunEnded: ({ runId, status }) => tell({ kind: "ended", runId, status }),
});
tell({ kind: "ready", url: engine.url });
process.on("SIGTERM", () => void engine.stop().then(() => process.exit(0)));
