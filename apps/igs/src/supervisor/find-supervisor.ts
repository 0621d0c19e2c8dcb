// Who keeps the bus alive, and which processes it keeps, named beyond doubt.
//
// Invariants:
//   R1. The record's pids are believed only as far as the system confirms them: a part is a child of the
//       supervisor that wrote it down, or it counts for nothing. A pid that was given out again has another
//       parent.
//   R2. A record whose supervisor is gone has no parts: whoever lost its parent has another one.

import {
  identifyProcess,
  type ProcessIdentity,
  type ProcessTable,
} from "@system-bus/programs/processes";
import type { PartName } from "./part-name.ts";
import { type BusInRecord, type PartsRecord, readPartsRecord } from "./parts-record.ts";

export interface FoundSupervisor extends BusInRecord {
  readonly supervisor: ProcessIdentity;
  /** Those that are ready; a part that is down at the moment is not there. */
  readonly parts: Readonly<Partial<Record<PartName, ProcessIdentity | undefined>>>;
}

/** The supervisor that has written the state folder's record, while it lives; else null. */
export async function findSupervisor(
  stateFolder: string,
  processes: ProcessTable,
): Promise<FoundSupervisor | null> {
  const record = readPartsRecord(stateFolder);
  if (record === null) return null;
  const supervisor = await identifyProcess(processes, record.supervisorPid);
  if (supervisor === null) return null;
  const engine = await confirmPart(record, "engine", processes);
  const worker = await confirmPart(record, "worker", processes);
  return {
    ...record.bus,
    supervisor,
    parts: { ...(engine && { engine }), ...(worker && { worker }) },
  };
}

async function confirmPart(
  { supervisorPid, parts }: PartsRecord,
  name: PartName,
  processes: ProcessTable,
): Promise<ProcessIdentity | null> {
  const part = parts.find((one) => one.name === name && one.isReady);
  const entry = part === undefined ? null : await processes.find(part.pid);
  if (entry === null || entry.parentPid !== supervisorPid) return null;
  return { pid: entry.pid, startMark: entry.startMark, bootId: processes.bootId };
}
