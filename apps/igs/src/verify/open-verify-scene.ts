import { openProcessTable } from "@system-bus/programs/processes";
import { systemClock } from "../clock.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { findDaemon } from "../daemon/find-daemon.ts";
import { loadSettings } from "../load-settings.ts";
import type { Io } from "../output/io.ts";
import { type FoundSupervisor, findSupervisor } from "../supervisor/find-supervisor.ts";
import type { CheckResult } from "./check-result.ts";
import { askConsent, lookAtBusyness } from "./consent.ts";
import { readDaemon } from "./look-at-daemon.ts";
import { renderCheck, renderWait } from "./render-checks.ts";
import type { VerifyScene } from "./verify-scene.ts";

export interface VerifyFlags extends ConnectionFlags {
  /** False leaves out what interrupts. */
  readonly kill?: boolean;
  readonly yes?: boolean;
}

/** The bus that the settings name, told to people and programs as each check ends. */
export async function openVerifyScene(
  { io, context }: { readonly io: Io; readonly context: CliContext },
  flags: VerifyFlags,
  signal: AbortSignal,
): Promise<VerifyScene> {
  const { settings, api } = connect(context, flags);
  const { engineUrl } = settings;
  const processes = openProcessTable();
  // A bus of either mode may be meant: the address of its engine tells which.
  const stateFolders = (["start", "dev"] as const).map(
    (mode) => loadSettings(context, { mode }).folders.root,
  );
  const find = async (): Promise<FoundSupervisor | null> => {
    const found = await Promise.all(stateFolders.map((one) => findSupervisor(one, processes)));
    return found.find((record) => record && isSamePlace(record.engineUrl, engineUrl)) ?? null;
  };
  const workerOrigin = (await find())?.workerOrigin ?? settings.workerOrigin;
  return {
    api,
    engineUrl,
    workerOrigin,
    processes,
    findSupervisor: find,
    lookAtDaemon: async () => readDaemon(await findDaemon(context.env)),
    clock: systemClock,
    signal,
    askConsent: () =>
      askConsent(() => lookAtBusyness(api, workerOrigin), {
        mayKill: flags.kill !== false,
        isSure: flags.yes === true,
        confirm: io.isJson ? undefined : context.confirm,
      }),
    onProgress: (id, text) => io.status(renderWait(id, text)),
    onResult: (result: CheckResult) =>
      io.emit({ type: "check", ...result }, renderCheck(result, io.paint)),
  };
}

/** `localhost` and `127.0.0.1` are the same place. */
function isSamePlace(a: string, b: string): boolean {
  const [one, other] = [a, b].map((url) => new URL(url.replace("//localhost", "//127.0.0.1")));
  return one?.origin === other?.origin;
}
