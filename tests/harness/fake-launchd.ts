import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Scratch } from "./scratch.ts";

const launchdScript = join(import.meta.dir, "fake-launchd-app.ts");
const launchctlScript = join(import.meta.dir, "fake-launchctl-app.ts");

/** A process that behaves as launchd does, and a folder with a launchctl that speaks to it. */
export class FakeLaunchd {
  /** To be put in front of the PATH. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async start(
    scratch: Scratch,
    env: Readonly<Record<string, string>> = {},
  ): Promise<FakeLaunchd> {
    const folder = scratch.path("launchctl");
    const socket = scratch.path("launchd.sock");
    await mkdir(folder);
    const launchctl = join(folder, "launchctl");
    const words = [process.execPath, "--no-env-file", launchctlScript, socket];
    await Bun.write(launchctl, `#!/bin/sh\nexec ${words.map(quote).join(" ")} "$@"\n`);
    await chmod(launchctl, 0o755);
    const child = scratch.spawn([process.execPath, "--no-env-file", launchdScript, socket], {
      env,
    });
    scratch.atEnd(() => child.end());
    await child.waitForLine(/^ready$/);
    return new FakeLaunchd(folder);
  }
}

function quote(word: string): string {
  return `'${word}'`;
}
