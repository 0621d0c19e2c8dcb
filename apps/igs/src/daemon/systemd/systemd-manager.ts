import { join } from "node:path";
import { CliError } from "../../output/failure.ts";
import { type Account, type DaemonScope, SYSTEMD_UNIT } from "../daemon-unit.ts";
import type { Ran, RunCommand } from "../run-command.ts";
import type { ServiceManager } from "../service-manager.ts";
import { readServiceEnvironment } from "./read-service-environment.ts";
import { readShow, SHOWN_PROPERTIES } from "./read-show.ts";
import { renderService } from "./render-service.ts";

export interface SystemdDeps {
  readonly scope: DaemonScope;
  readonly account: Account;
  readonly run: RunCommand;
  /** `/etc/systemd/system`. */
  readonly systemFolder: string;
}

export function createSystemdManager(deps: SystemdDeps): ServiceManager {
  const { scope, account, run, systemFolder } = deps;
  const isSystem = scope === "system";
  const words = isSystem ? ["systemctl"] : ["systemctl", "--user"];
  // The manager was started at the login and does not know this terminal's XDG_CONFIG_HOME.
  const folder = isSystem ? systemFolder : join(account.home, ".config/systemd/user");

  const systemctl = async (...args: readonly string[]): Promise<Ran> => {
    const ran = await run([...words, ...args]);
    if (ran.exitCode !== 0) throw refused(ran, args.join(" "));
    return ran;
  };

  const stopAndDisable = async () => {
    const { state } = await look();
    if (state !== "absent") await systemctl("disable", "--now", SYSTEMD_UNIT);
  };

  const look = async () => {
    const ran = await systemctl("show", SYSTEMD_UNIT, `--property=${SHOWN_PROPERTIES.join(",")}`);
    return readShow(ran.stdout);
  };

  return {
    kind: "systemd",
    name: SYSTEMD_UNIT,
    unitPath: join(folder, SYSTEMD_UNIT),
    journalCommand: ["journalctl", ...(isSystem ? [] : ["--user"]), "-u", SYSTEMD_UNIT].join(" "),
    render: renderService,
    readEnvironment: readServiceEnvironment,
    look,
    unload: stopAndDisable,
    async load() {
      await systemctl("daemon-reload");
      await systemctl("enable", SYSTEMD_UNIT);
      await systemctl("restart", SYSTEMD_UNIT);
    },
    async restart() {
      await systemctl("restart", SYSTEMD_UNIT);
    },
    async forget() {
      await systemctl("daemon-reload");
      // A unit that had failed stays in systemd's list until this; that there is none is no fault.
      await run([...words, "reset-failed", SYSTEMD_UNIT]);
    },
  };

  function refused(ran: Ran, what: string): CliError {
    const said = ran.stderr.trim().split("\n").at(-1) ?? "";
    const isUnreachable = /connect to bus|not been booted|Host is down/i.test(ran.stderr);
    if (isUnreachable || ran.exitCode === 127) {
      return new CliError({
        code: "unavailable",
        message: `systemd's manager ${isSystem ? "of this machine" : `of ${account.name}`} can't be reached: ${said}`,
        fix: isSystem
          ? "Start `igs start` with what starts programs on this machine instead."
          : "Log in as that user at a terminal or with ssh (`su` is no login), or install it for the machine: `igs daemon install --system`.",
      });
    }
    return new CliError({
      code: "unavailable",
      message: `\`${words.join(" ")} ${what}\` failed: ${said || `exit code ${ran.exitCode}`}`,
      fix: `Look with \`${words.join(" ")} status ${SYSTEMD_UNIT}\`, then try again.`,
    });
  }
}
