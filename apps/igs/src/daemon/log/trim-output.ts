import { closeSync, constants, fstatSync, ftruncateSync, openSync } from "node:fs";

/** Tens of thousands of lines; with launchd's throttle it takes days of failing to get there. */
const SIZE_MAX_BYTES = 1024 * 1024;

/**
 * Empties the file into which launchd writes what we say beside our log, once it is large. launchd appends, so
 * that whoever has it open goes on at its new end. There mostly is nothing in it.
 */
export function trimOutput(path: string, sizeMaxBytes: number = SIZE_MAX_BYTES): void {
  try {
    const file = openSync(path, constants.O_WRONLY);
    try {
      if (fstatSync(file).size > sizeMaxBytes) ftruncateSync(file, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    // Not there under systemd, or not ours: then it isn't ours to bound.
  }
}
