// Which processes a start has made, for the start after it.
//
// A start that is killed can't stop its parts; each sees within a second that its parent is gone, and
// stops itself (exit-with-parent.ts). Whoever starts again in between, as launchd and systemd do at once,
// would find an engine that answers, use it instead of starting one, and have none a second later.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { parseJson } from "../parse-json.ts";
import type { PartName } from "./part-name.ts";

const pid = z.int().positive();
const RecordSchema = z.object({
  supervisorPid: pid,
  parts: z.array(z.object({ name: z.enum(["engine", "worker"]), pid })),
});

export type PartsRecord = z.output<typeof RecordSchema>;

function recordPath(stateFolder: string): string {
  return join(stateFolder, "parts.json");
}

/** Null when nothing was started, or the last start has ended well. */
export function readPartsRecord(stateFolder: string): PartsRecord | null {
  try {
    const text = readFileSync(recordPath(stateFolder), "utf8");
    return RecordSchema.safeParse(parseJson(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Written anew as each part starts: at once, since we may be killed right after it. */
export function createPartsRecorder(stateFolder: string, supervisorPid: number) {
  const pids = new Map<PartName, number>();
  const path = recordPath(stateFolder);
  return {
    add(name: PartName, pid: number): void {
      pids.set(name, pid);
      const parts = [...pids].map(([part, partPid]) => ({ name: part, pid: partPid }));
      const record: PartsRecord = { supervisorPid, parts };
      mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
      writeFileSync(`${path}.tmp`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
      renameSync(`${path}.tmp`, path);
    },
    /** Of our own record: another start on the same folder may have put its own in its place. */
    clear(): void {
      if (readPartsRecord(stateFolder)?.supervisorPid === supervisorPid) rmSync(path);
    },
  };
}

export interface LeftoverOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly isAlive: (pid: number) => boolean;
  /** After a reboot the same numbers belong to others, who have none of our ports. */
  readonly arePortsFree: () => boolean;
  readonly tell: (text: string) => void;
}

/** A worker takes up to 20 seconds for the steps it has in hand. */
const LEAVE_MAX_MS = 45_000;
const LOOK_GAP_MS = 100;

/**
 * Waits until the parts of a start that was killed have left; a start that lives is not waited for. Those
 * that don't leave in time have the ports, and whoever looks at the ports next says so.
 */
export async function waitForLeftovers(
  record: PartsRecord | null,
  { clock, signal, isAlive, arePortsFree, tell }: LeftoverOptions,
): Promise<void> {
  if (record === null || isAlive(record.supervisorPid)) return;
  const findLeftovers = () =>
    arePortsFree() ? [] : record.parts.filter((part) => isAlive(part.pid));
  const giveUpAtMs = clock.nowMs() + LEAVE_MAX_MS;
  let leftovers = findLeftovers();
  if (leftovers.length === 0) return;
  const names = leftovers.map((part) => `${part.name} (pid ${part.pid})`).join(" and ");
  tell(`The last start was killed; waiting until its ${names} left`);
  while (leftovers.length > 0 && clock.nowMs() < giveUpAtMs && !signal.aborted) {
    await clock.sleepMs(LOOK_GAP_MS, signal);
    leftovers = findLeftovers();
  }
}

/** A process of somebody else's lives, too: it can't be signalled, but it is there. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
