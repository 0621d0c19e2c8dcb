// What keeps engine and worker running without a terminal: launchd on a Mac, systemd on Linux.

import { buildCommand, buildRouteMap } from "@stricli/core";
import { jsonFlag, parseCount, text, withExamples } from "./common-flags.ts";

const installCommand = buildCommand({
  loader: async () => (await import("../actions/daemon-install.ts")).daemonInstall,
  parameters: {
    flags: {
      system: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "A daemon of the machine: runs with nobody logged in; needs root",
      },
      user: {
        kind: "parsed",
        parse: text,
        optional: true,
        placeholder: "name",
        brief: "With --system: as whom it runs (who has called sudo)",
      },
      storeEnvironment: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "This terminal's variables win over what the settings file says",
      },
      json: jsonFlag,
    },
  },
  docs: {
    brief: "Keep `igs start` running, over crashes and reboots",
    fullDescription: withExamples(
      `Write a unit for launchd (macOS) or systemd (Linux) that keeps \`igs start\` running, start it, and wait
until engine and worker answer. Twice is as good as once. On a Mac it starts when you log in, or with
--system with the machine; on Linux with the machine (linger is switched on).

A daemon does not see what this terminal's shell exports: settings that stand in its environment are
written into the settings file, and folders of its PATH that hold programs for the bus into the unit.`,
      [
        "igs daemon install",
        "VAULT_PATH=~/Notes igs daemon install",
        "igs daemon install --system",
      ],
    ),
  },
});

const uninstallCommand = buildCommand({
  loader: async () => (await import("../actions/daemon-uninstall.ts")).daemonUninstall,
  parameters: { flags: { json: jsonFlag } },
  docs: {
    brief: "Stop the daemon and remove its unit; settings and data stay",
    fullDescription: withExamples(
      "Stop the daemon and remove its unit. Settings, data, logs and vault stay; programs that run go on.",
      ["igs daemon uninstall"],
    ),
  },
});

const statusCommand = buildCommand({
  loader: async () => (await import("../actions/daemon-status.ts")).daemonStatus,
  parameters: { flags: { json: jsonFlag } },
  docs: {
    brief: "Tell whether a daemon is installed and runs",
    fullDescription: withExamples(
      `Tell whether a daemon is installed and runs: its process, since when, how often it was started again and how
the last one ended, whether it starts with the machine, and where its log is. Exit code 0 when it runs.`,
      ["igs daemon status", "igs daemon status --json"],
    ),
  },
});

const logsCommand = buildCommand({
  loader: async () => (await import("../actions/daemon-logs.ts")).daemonLogs,
  parameters: {
    flags: {
      limit: {
        kind: "parsed",
        parse: parseCount,
        default: "50",
        placeholder: "n",
        brief: "How many lines at most",
      },
      follow: {
        kind: "boolean",
        optional: true,
        withNegated: false,
        brief: "Go on with the lines to come, until Ctrl-C",
      },
      json: jsonFlag,
    },
    aliases: { n: "limit", f: "follow" },
  },
  docs: {
    brief: "Show what engine and worker of the daemon say",
    fullDescription: withExamples(
      `Show the last lines of the daemon's log, oldest first: what engine and worker say, how they ended, and why a
start was refused. The system log, with what the functions have done, is \`igs log tail\`.`,
      ["igs daemon logs", "igs daemon logs -n 500", "igs daemon logs -f"],
    ),
  },
});

const restartCommand = buildCommand({
  loader: async () => (await import("../actions/daemon-restart.ts")).daemonRestart,
  parameters: { flags: { json: jsonFlag } },
  docs: {
    brief: "Stop and start the daemon, after an upgrade or a change of settings",
    fullDescription: withExamples(
      `Stop the daemon, start it, and wait until engine and worker answer. Steps in hand may finish, at most 30
seconds; programs that run go on. Starts it as well when it was stopped.`,
      ["igs daemon restart"],
    ),
  },
});

export const daemonRoutes = buildRouteMap({
  routes: {
    install: installCommand,
    uninstall: uninstallCommand,
    status: statusCommand,
    logs: logsCommand,
    restart: restartCommand,
  },
  docs: { brief: "Keep engine and worker running with launchd or systemd" },
});
