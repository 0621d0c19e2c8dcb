// Which processes a start has made, and of which bus: for the start after it, and for who wants to end a part and
// see it come back (find-supervisor.ts).
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
const BusSchema = z.object({
  mode: z.enum(["dev", "start"]),
  /** How the engine came to be there: `attach` means that somebody else keeps it. */
  engine: z.enum(["attach", "start-embedded", "start-inngest", "start-container"]),
  engineUrl: z.string(),
  /** As this machine reaches it: an engine in a container knows it by another address. */
  workerOrigin: z.string(),
});

const PartSchema = z.object({
  name: z.enum(["engine", "worker"]),
  pid,
  isReady: z.boolean(),
});

const RecordSchema = z.object({
  supervisorPid: pid,
  bus: BusSchema,
  parts: z.array(PartSchema),
});

export type PartsRecord = Readonly<z.output<typeof RecordSchema>>;
export type BusInRecord = PartsRecord["bus"];
type Part = PartsRecord["parts"][number];

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
export function createPartsRecorder(stateFolder: string, supervisorPid: number, bus: BusInRecord) {
  const parts = new Map<PartName, Part>();
  const path = recordPath(stateFolder);
  const write = () => {
    const record: PartsRecord = { supervisorPid, bus, parts: [...parts.values()] };
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.tmp`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
  };
  return {
    add(name: PartName, pid: number): void {
      parts.set(name, { name, pid, isReady: false });
      write();
    },
    noteReady(name: PartName): void {
      const part = parts.get(name);
      if (part === undefined) return;
      parts.set(name, { ...part, isReady: true });
      write();
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
