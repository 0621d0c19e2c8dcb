import { systemClock } from "../clock.ts";
import { probeEngine } from "../status/probe-engine.ts";
import { probeWorker } from "../status/probe-worker.ts";
import { type BusPorts, engineUrl, workerOrigin } from "./demo-environment.ts";
import type { Remembered } from "./demo-home.ts";

const STOP_MAX_MS = 15_000;
const LOOK_GAP_MS = 100;

/** What each pid has to be, before a signal is sent to it: the number alone may be another's by now. */
const SCRIPTS = {
  workerPid: "apps/system-bus/src/serve.ts",
  enginePid: "apps/igs/src/main.ts engine",
} as const;

/** The ports of the bus that an earlier `--keep` left, when it answers. */
export async function findKeptBus(remembered: Remembered): Promise<BusPorts | null> {
  const { kept, enginePort, workerPort } = remembered;
  if (!kept || enginePort === undefined || workerPort === undefined) return null;
  const ports = { engine: enginePort, worker: workerPort };
  const engine = await probeEngine(engineUrl(ports));
  const worker = await probeWorker(workerOrigin(ports));
  return engine.kind === "embedded" && worker !== null ? ports : null;
}

/** Returns how many processes were ended. */
export async function stopKeptBus({ kept }: Remembered): Promise<number> {
  if (!kept) return 0;
  let stoppedCount = 0;
  for (const name of ["workerPid", "enginePid"] as const) {
    const pid = kept[name];
    if (!(await isRunning(pid, SCRIPTS[name]))) continue;
    process.kill(pid, "SIGTERM");
    const giveUpAtMs = systemClock.nowMs() + STOP_MAX_MS;
    while (systemClock.nowMs() < giveUpAtMs && (await isRunning(pid, SCRIPTS[name]))) {
      await Bun.sleep(LOOK_GAP_MS);
    }
    stoppedCount += 1;
  }
  return stoppedCount;
}

async function isRunning(pid: number, script: string): Promise<boolean> {
  const ps = Bun.spawn(["ps", "-ww", "-o", "command=", "-p", String(pid)], { stdout: "pipe" });
  return (await new Response(ps.stdout).text()).includes(script);
}
