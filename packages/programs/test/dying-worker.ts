// A worker that starts one program, for the tests that kill it. `supervisor-kills-worker` makes the
// new supervisor kill it as its very first act, so that it dies between spawn and claim.

import { fileURLToPath } from "node:url";
import { fillWorkerDeps } from "../src/programs-options.ts";
import { startProgram } from "../src/worker/start-program.ts";

const [, , mode, dir = "", baseUrl = "", runId = "", script = ""] = process.argv;
const main = fileURLToPath(new URL("../src/supervisor/main.ts", import.meta.url));
const killFirst = [
  "/bin/sh",
  "-c",
  `kill -9 $PPID; exec "${process.execPath}" "${main}" "$@"`,
  "sh",
];

const deps = fillWorkerDeps({
  dir,
  slots: { gpu: 1 },
  sendTo: { baseUrl, eventKey: undefined },
  ...(mode === "supervisor-kills-worker" && { supervisorCommand: killFirst }),
});
const key = await startProgram(deps, {
  ...{ runId, stepId: "work", attempt: 1 },
  spec: { command: "/bin/sh", args: ["-c", script], wallClockMaxMs: 60_000, attemptsMax: 3 },
});
console.log(key);
await Bun.sleep(300_000);
