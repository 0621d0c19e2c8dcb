import { type CommonFlags, createAction } from "../action.ts";
import { openDaemonWorld } from "../daemon/daemon-world.ts";
import { type Installed, installDaemon } from "../daemon/install-daemon.ts";
import { LOGS_ACTION, STATUS_ACTION } from "../daemon/next-actions.ts";
import { renderDaemon } from "../daemon/render-daemon.ts";
import type { Io } from "../output/io.ts";
import { nameEngine } from "../status/name-engine.ts";

export interface DaemonInstallFlags extends CommonFlags {
  readonly system?: boolean;
  readonly user?: string;
  readonly storeEnvironment?: boolean;
}

export const daemonInstall = createAction<DaemonInstallFlags>(
  "daemon install",
  async ({ io, context }, { system, user, storeEnvironment }) => {
    const world = openDaemonWorld(context.env, context.listenForStop());
    const installed = await installDaemon(world, {
      scope: system ? "system" : "user",
      ...(user === undefined ? {} : { userName: user }),
      mayReplaceSettings: storeEnvironment === true,
      tell: (text) => io.status(`${text} …`),
    });
    const warnings = findWarnings(installed);
    for (const warning of warnings) io.warn(warning);
    return {
      result: { ...installed, warnings },
      text: renderInstalled(installed, io),
      nextActions: [
        STATUS_ACTION,
        LOGS_ACTION,
        { command: "igs status", description: "Whether all is well" },
      ],
    };
  },
);

const CHANGES = {
  installed: "The daemon is installed and runs.",
  replaced: "The daemon's unit was replaced, and it runs.",
  started: "The daemon was installed and did not run; now it does.",
  restarted: "The daemon was started again: its unit or its settings had changed since.",
  none: "Nothing to do: the daemon is installed and runs.",
} as const satisfies Record<Installed["change"], string>;

function renderInstalled({ change, daemon, stored, gained, bus }: Installed, io: Io): string {
  return [
    CHANGES[change],
    ...(stored.length === 0
      ? []
      : [`Stored in the settings file, where the daemon sees them: ${stored.join(", ")}.`]),
    ...gained.map(
      ({ folder, programs }) => `Added to its PATH: ${folder} (for ${programs.join(", ")}).`,
    ),
    "",
    renderDaemon(daemon, io.paint, Date.now()),
    `engine    ${nameEngine(bus.engine)}`,
    `worker    ${bus.worker.functionCount} functions`,
  ].join("\n");
}

function findWarnings({ linger, unseen }: Installed): readonly string[] {
  return [
    ...(linger?.kind === "refused"
      ? [
          `It starts when you log in, and ends with your last session: linger could not be switched on (${linger.reason}). Run \`${linger.command}\`.`,
        ]
      : []),
    ...(unseen.length > 0
      ? [
          `This terminal has ${unseen.join(", ")}, which the daemon does not see: log the agents in instead, and set what is for the whole machine where the machine has it.`,
        ]
      : []),
  ];
}
