// A backup becomes a file: whole and checked, or not there.

import {
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  write,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { EngineError } from "../../core/errors.ts";
import { describeFileError } from "../storage-problem.ts";
import { type CheckReport, checkFile } from "./check-file.ts";
import { removeDatabase, syncFolder } from "./durable.ts";
import type { LongWork } from "./progress.ts";

const writeFrom = promisify(write);
const syncData = promisify(fdatasync);

/** A disk that has much to catch up on lets everyone wait, the engine's commits among them. */
const UNSYNCED_BYTES_MAX = 8 * 1024 * 1024;

export interface BackupSource {
  readonly sizeBytes: number;
  /** The next bytes, in order; null when all were given. */
  read(): Promise<Uint8Array | null>;
}

export interface WriteBackupOptions extends LongWork {
  readonly file: string;
  /** Else a file that is there is left alone, and BACKUP_REFUSED is thrown. */
  readonly mayReplace: boolean;
  readonly nowMs: number;
}

/**
 * Writes it under a temporary name, readable by its owner only, puts it on the disk, checks it and gives it
 * its name. What the check found about the rows is in the report; a file that is damaged is refused.
 */
export async function writeBackup(
  source: BackupSource,
  options: WriteBackupOptions,
): Promise<CheckReport> {
  const { file, mayReplace } = options;
  if (!mayReplace && existsSync(file)) throw fileExists(file);
  const partFile = `${file}.part-${crypto.randomUUID().slice(0, 8)}`;
  try {
    await copyTo(partFile, source, options);
    const report = await checkFile(partFile, options);
    refuseDamage(report);
    options.signal?.throwIfAborted();
    if (mayReplace) renameSync(partFile, file);
    else renameUnlessThere(partFile, file);
    syncFolder(dirname(file));
    return { ...report, file };
  } catch (error) {
    throw describeFileError(file, error);
  } finally {
    removeDatabase(partFile);
  }
}

async function copyTo(
  partFile: string,
  source: BackupSource,
  { onProgress, signal }: LongWork,
): Promise<void> {
  const descriptor = openSync(partFile, "wx", 0o600);
  try {
    let doneBytes = 0;
    let syncedBytes = 0;
    for (let bytes = await source.read(); bytes !== null; bytes = await source.read()) {
      signal?.throwIfAborted();
      doneBytes += await writeAll(descriptor, bytes);
      if (doneBytes - syncedBytes >= UNSYNCED_BYTES_MAX) {
        await syncData(descriptor);
        syncedBytes = doneBytes;
      }
      onProgress?.({ stage: "copying", share: doneBytes / source.sizeBytes });
    }
    if (doneBytes !== source.sizeBytes) {
      throw new EngineError(
        "BACKUP_ABANDONED",
        `The backup broke off after ${doneBytes} of ${source.sizeBytes} bytes.`,
      );
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A write may take less than it was given. */
async function writeAll(descriptor: number, bytes: Uint8Array): Promise<number> {
  let position = 0;
  while (position < bytes.length) {
    const { bytesWritten } = await writeFrom(descriptor, bytes, position, bytes.length - position);
    position += bytesWritten;
  }
  return position;
}

function refuseDamage({ findings }: CheckReport): void {
  const damage = findings.find(({ rule }) => rule === "file-damaged");
  if (!damage) return;
  throw new EngineError(
    "DATABASE_DAMAGED",
    `The backup is not good, and was not kept: the engine's own database is damaged (${damage.ids[0]}). Stop the engine and run \`igs engine check\`; \`igs engine restore\` puts an earlier backup in its place.`,
  );
}

/** In one step, where the file system has links: nobody's file is replaced that came meanwhile. */
function renameUnlessThere(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (existsSync(to)) throw fileExists(to);
    if (!isUnsupported(error)) throw error;
    renameSync(from, to);
  }
}

function isUnsupported(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : "";
  return code === "EPERM" || code === "ENOTSUP" || code === "EOPNOTSUPP" || code === "ENOSYS";
}

function fileExists(file: string): EngineError {
  return new EngineError("BACKUP_REFUSED", `${file} is there already.`);
}
