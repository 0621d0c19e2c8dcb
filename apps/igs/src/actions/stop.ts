import { openProcessTable } from "@system-bus/programs/processes";
import { type CommonFlags, createAction } from "../action.ts";
import { systemClock } from "../clock.ts";
import { findDaemon } from "../daemon/find-daemon.ts";
import { loadSettings } from "../load-settings.ts";
import { CliError } from "../output/failure.ts";
import { findSupervisor } from "../supervisor/find-supervisor.ts";
import { stopSupervisor } from "../supervisor/stop-supervisor.ts";

export const stop = createAction<CommonFlags>("stop", async ({ io, context }) => {
  const processes = openProcessTable();
  const folders = (["start", "dev"] as const).map(
    (mode) => loadSettings(context, { mode }).folders.root,
  );
  const found = await Promise.all(folders.map((folder) => findSupervisor(folder, processes)));
  const running = found.flatMap((one) => one ?? []);
  if (running.length === 0) return { result: { stopped: [] }, text: "No bus of yours runs here." };
  const daemon = await findDaemon(context.env);
  if (running.some(({ supervisor }) => supervisor.pid === daemon.pid)) throw keptBy(daemon.name);
  const signal = context.listenForStop();
  for (const { supervisor, mode } of running) {
    io.status(`Stopping igs ${mode} (pid ${supervisor.pid}); steps in hand may finish …`);
    await stopSupervisor(supervisor, { processes, clock: systemClock, signal });
  }
  const stopped = running.map(({ supervisor, mode }) => ({ mode, pid: supervisor.pid }));
  const names = stopped.map(({ mode, pid }) => `igs ${mode} (pid ${pid})`).join(" and ");
  return {
    result: { stopped },
    text: `Stopped ${names}. Programs that runs have started go on; the next start finds them.`,
    nextActions: [{ command: "igs start", description: "Start again" }],
  };
});

function keptBy(name: string | null): CliError {
  return new CliError({
    code: "refused",
    message: `${name ?? "The daemon"} keeps this bus, and would start it again at once.`,
    fix: "`igs daemon uninstall` ends it for good, with all data kept; `igs daemon restart` starts it anew.",
  });
}
