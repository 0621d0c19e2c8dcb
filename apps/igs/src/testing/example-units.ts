import { chooseDaemonPath } from "../daemon/daemon-path.ts";
import { type DaemonScope, type DaemonUnit, describeUnit } from "../daemon/daemon-unit.ts";

/** What is installed for a person named you, in the usual places: the files in `infra/`. */
export function exampleUnit(kind: "launchd" | "systemd", scope: DaemonScope): DaemonUnit {
  const isMac = kind === "launchd";
  const home = isMac ? "/Users/you" : "/home/you";
  const dataFolder = isMac ? "Library/Application Support/system-bus" : ".local/share/system-bus";
  const { path } = chooseDaemonPath({
    home,
    terminalPath: undefined,
    installedPath: null,
    hasProgram: () => false,
    isFolder: () => false,
  });
  return describeUnit({
    scope,
    account: { name: "you", uid: isMac ? 501 : 1000, gid: isMac ? 20 : 1000, home },
    bun: `${home}/.bun/bin/bun`,
    checkout: `${home}/system-bus`,
    logsFolder: `${home}/${dataFolder}/start/logs`,
    path,
    places: {},
  });
}
