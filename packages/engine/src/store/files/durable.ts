import { closeSync, fsyncSync, openSync, rmSync } from "node:fs";

/** What SQLite may leave beside a database: its logs, and the index of one. */
export const COMPANIONS = ["-wal", "-shm", "-journal"] as const;

/** With all that lies beside it. */
export function removeDatabase(file: string): void {
  for (const ending of ["", ...COMPANIONS]) rmSync(`${file}${ending}`, { force: true });
}

/** Puts a file's content on the disk. Never for a database that this process has open: see S2 of snapshots. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Puts a folder's names on the disk: files that were made, renamed or removed in it. */
export function syncFolder(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
