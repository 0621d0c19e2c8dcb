// launchd through launchctl. What its verbs really do is in docs/decisions/0018: bootout returns before
// the process has ended, bootstrap refuses until then, kickstart -k kills without a word.

import { join } from "node:path";
import type { Clock } from "../../clock.ts";
import { CliError } from "../../output/failure.ts";
import { type Account, type DaemonScope, LAUNCHD_LABEL, STOP_MAX_S } from "../daemon-unit.ts";
import type { Ran, RunCommand } from "../run-command.ts";
import type { ServiceLook, ServiceManager } from "../service-manager.ts";
import { readPlistEnvironment } from "./read-plist-environment.ts";
import { readPrint } from "./read-print.ts";
import { renderPlist } from "./render-plist.ts";

export interface LaunchdDeps {
  readonly scope: DaemonScope;
  readonly account: Account;
  readonly run: RunCommand;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** `/Library/LaunchDaemons`. */
  readonly systemFolder: string;
}

const LOOK_GAP_MS = 250;
const GONE_MAX_MS = (STOP_MAX_S + 15) * 1_000;
/** Longer than the throttle: KeepAlive has had its chance. */
const BACK_MAX_MS = 15_000;

const NO_SUCH_SERVICE = 113;
const NO_SUCH_PROCESS = 3;
const IN_PROGRESS: readonly number[] = [36, 37];
const STILL_THERE: readonly number[] = [5, 37];
const NO_SUCH_DOMAIN = 125;

export function createLaunchdManager(deps: LaunchdDeps): ServiceManager {
  const { scope, account, run, clock, signal, systemFolder } = deps;
  const isSystem = scope === "system";
  const domain = isSystem ? "system" : `gui/${account.uid}`;
  const target = `${domain}/${LAUNCHD_LABEL}`;
  const folder = isSystem ? systemFolder : join(account.home, "Library/LaunchAgents");
  const unitPath = join(folder, `${LAUNCHD_LABEL}.plist`);
  const launchctl = (...args: readonly string[]) => run(["launchctl", ...args]);

  /** Looks until it holds; false when the bound is over or the person has stopped it. */
  const waitFor = async (maxMs: number, holds: (look: ServiceLook) => boolean) => {
    const giveUpAtMs = clock.nowMs() + maxMs;
    while (!signal.aborted) {
      if (holds(await look())) return true;
      if (clock.nowMs() >= giveUpAtMs) break;
      await clock.sleepMs(LOOK_GAP_MS, signal);
    }
    return false;
  };

  const look = async (): Promise<ServiceLook> => {
    const printed = await launchctl("print", target);
    if (printed.exitCode === 0) return readPrint(printed.stdout);
    return { state: "absent", pid: null, lastExit: null, restartCount: null };
  };

  const unload = async () => {
    const ran = await launchctl("bootout", target);
    const isGone = [NO_SUCH_PROCESS, NO_SUCH_SERVICE].includes(ran.exitCode);
    if (isGone) return;
    if (ran.exitCode !== 0 && !IN_PROGRESS.includes(ran.exitCode)) throw refused(ran, "unloaded");
    if (await waitFor(GONE_MAX_MS, ({ state }) => state === "absent")) return;
    if (signal.aborted) {
      throw new CliError({
        code: "interrupted",
        message: "Interrupted while launchd stops the daemon.",
        fix: "Do it again: it goes on where it was.",
      });
    }
    throw new CliError({
      code: "unhealthy",
      message: `launchd was told to stop ${target}, and it is still there.`,
      fix: `Look with \`launchctl print ${target}\`, then try again.`,
    });
  };

  const bootstrap = async () => {
    const giveUpAtMs = clock.nowMs() + GONE_MAX_MS;
    for (;;) {
      const ran = await launchctl("bootstrap", domain, unitPath);
      if (ran.exitCode === 0) return;
      // Someone else has loaded it meanwhile, or what was there before is still on its way out.
      const mayRetry = STILL_THERE.includes(ran.exitCode) && clock.nowMs() < giveUpAtMs;
      if (!mayRetry || signal.aborted) throw refused(ran, "loaded");
      await clock.sleepMs(LOOK_GAP_MS * 4, signal);
    }
  };

  return {
    kind: "launchd",
    name: target,
    unitPath,
    journalCommand: null,
    render: renderPlist,
    readEnvironment: readPlistEnvironment,
    look,
    unload,
    async load() {
      await unload();
      // A person may have switched it off for good, with `launchctl disable`.
      await launchctl("enable", target);
      await bootstrap();
    },
    async restart() {
      const before = await look();
      if (before.pid === null) {
        // The throttle may hold it back, or someone has stopped it.
        const started = await launchctl("kickstart", target);
        if (started.exitCode !== 0) throw refused(started, "started");
        return;
      }
      const ran = await launchctl("kill", "SIGTERM", target);
      if (ran.exitCode !== 0) throw refused(ran, "restarted");
      await waitFor(GONE_MAX_MS, ({ pid }) => pid === null || pid !== before.pid);
      const isBack = await waitFor(BACK_MAX_MS, ({ pid }) => pid !== null && pid !== before.pid);
      if (!isBack && !signal.aborted) await launchctl("kickstart", target);
    },
    async forget() {},
  };

  function refused(ran: Ran, what: string): CliError {
    const said = (ran.stderr || ran.stdout).trim().split("\n")[0] ?? "";
    if (ran.exitCode === NO_SUCH_DOMAIN) {
      return new CliError({
        code: "unavailable",
        message: `${account.name} is not logged in at this Mac's screen, and launchd runs agents for those who are (${said}).`,
        fix: "Log in there once, or install it for a Mac without a login: `igs daemon install --system`.",
      });
    }
    return new CliError({
      code: "unavailable",
      message: `launchd has not ${what} ${target}: ${said || `launchctl ended with ${ran.exitCode}`}`,
      fix: `Look with \`launchctl print ${target}\`, then try again.`,
    });
  }
}
