import type { Settings } from "@system-bus/settings";
import { CliError } from "../output/failure.ts";
import { probeEngine } from "../status/probe-engine.ts";
import { canListen, checkPort } from "../supervisor/check-port.ts";
import { chooseEngine } from "../supervisor/engine-choice.ts";
import { isProcessAlive, readPartsRecord, waitForLeftovers } from "../supervisor/parts-record.ts";
import type { DaemonWorld } from "./daemon-world.ts";

/**
 * Throws when somebody else has what the daemon needs: it would end and be started for ever, or use an
 * engine that ends with a terminal.
 */
export async function refuseForeignBus(
  settings: Settings,
  { clock, signal }: Pick<DaemonWorld, "clock" | "signal">,
): Promise<void> {
  const { host, enginePort, workerPort, folders, engineUrl } = settings;
  const record = readPartsRecord(folders.root);
  await waitForLeftovers(record, {
    ...{ clock, signal },
    isAlive: isProcessAlive,
    arePortsFree: () => canListen(host, enginePort) && canListen(host, workerPort),
    tell() {},
  });
  if (record !== null && isProcessAlive(record.supervisorPid) && !canListen(host, workerPort)) {
    throw new CliError({
      code: "port-taken",
      message: `An \`igs start\` runs already, outside of a daemon (pid ${record.supervisorPid}).`,
      fix: `Stop it with Ctrl-C where it runs, or with \`kill ${record.supervisorPid}\`; then try again. Programs that it has started go on.`,
    });
  }
  const plan = chooseEngine(settings, await probeEngine(engineUrl));
  if (plan.kind === "refuse") throw new CliError(plan.failure);
  if (plan.kind === "attach" && plan.engine.kind === "embedded" && !settings.isEngineUrlGiven) {
    throw new CliError({
      code: "port-taken",
      message: `An embedded engine runs at ${engineUrl} already; the daemon would use it, and have none when it ends.`,
      fix: "Stop that engine, then try again.",
    });
  }
  await checkPort({ host, port: workerPort, part: "worker" });
}
