// What the operating system knows about processes. `open-process-table.ts` is the one place where
// Linux and macOS differ; everything else asks a `ProcessTable`, and tests hand in their own.

/**
 * Which process, beyond doubt: a pid alone is reused. `startMark` is opaque and only compared: ticks
 * since boot on Linux, the start time on macOS. `bootId` changes with every boot.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startMark: string;
  readonly bootId: string;
}

/** A living process. A zombie is dead: it runs nothing and holds nothing but its number. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupPid: number;
  readonly startMark: string;
  readonly command: string;
}

export interface ProcessTable {
  readonly bootId: string;
  find(pid: number): Promise<ProcessEntry | null>;
  list(): Promise<readonly ProcessEntry[]>;
  /** Pids of living processes whose environment has `name=value`, as far as we may read it. */
  listMarked(name: string, value: string): Promise<ReadonlySet<number>>;
  signal(pid: number, signal: "SIGTERM" | "SIGKILL"): void;
}

export function identityOf(table: ProcessTable, entry: ProcessEntry): ProcessIdentity {
  return { pid: entry.pid, startMark: entry.startMark, bootId: table.bootId };
}

/** Null when no living process has this pid. */
export async function identifyProcess(
  table: ProcessTable,
  pid: number,
): Promise<ProcessIdentity | null> {
  const entry = await table.find(pid);
  return entry && identityOf(table, entry);
}

export async function isAlive(table: ProcessTable, identity: ProcessIdentity): Promise<boolean> {
  if (identity.bootId !== table.bootId) return false;
  const entry = await table.find(identity.pid);
  return entry !== null && entry.startMark === identity.startMark;
}

/** Signals the process only if it still is the one we mean. */
export async function signalVerified(
  table: ProcessTable,
  identity: ProcessIdentity,
  signal: "SIGTERM" | "SIGKILL",
): Promise<void> {
  if (await isAlive(table, identity)) table.signal(identity.pid, signal);
}
