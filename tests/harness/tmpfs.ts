// Disks that are full or can't be written, for real: small file systems in memory. Only root may mount.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scratch } from "./scratch.ts";
import { isRoot } from "./tools.ts";

/** False in containers that may not mount, although they run as root. */
export const canMount = process.platform === "linux" && isRoot && (await tryMounting());

export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Mounts one at `path`, until the scratch place is left. */
  static async mount(scratch: Scratch, path: string, sizeKb: number): Promise<SmallDisk> {
    await mkdir(path, { recursive: true });
    await Bun.$`mount -t tmpfs -o ${`size=${sizeKb}k`} tmpfs ${path}`.quiet();
    scratch.atEnd(async () => {
      await Bun.$`umount ${path}`.quiet();
    });
    return new SmallDisk(path);
  }

  /** Leaves not one free block. */
  async fill(): Promise<void> {
    await Bun.$`cat /dev/zero > ${join(this.path, "filler")}`.quiet().nothrow();
  }

  async free(): Promise<void> {
    await rm(join(this.path, "filler"));
  }

  async makeReadOnly(): Promise<void> {
    await Bun.$`mount -o remount,ro ${this.path}`.quiet();
  }

  async makeWritable(): Promise<void> {
    await Bun.$`mount -o remount,rw ${this.path}`.quiet();
  }
}

async function tryMounting(): Promise<boolean> {
  const path = await mkdtemp(join(tmpdir(), "system-bus-mount-"));
  const mounted = await Bun.$`mount -t tmpfs -o size=64k tmpfs ${path}`.quiet().nothrow();
  if (mounted.exitCode === 0) await Bun.$`umount ${path}`.quiet();
  await rm(path, { recursive: true });
  return mounted.exitCode === 0;
}
