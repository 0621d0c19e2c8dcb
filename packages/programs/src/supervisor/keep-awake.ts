/** Keeps the machine from falling asleep for as long as that process lives. Never throws. */
export type KeepAwake = (pid: number) => void;

export interface KeepAwakeOptions {
  readonly platform: NodeJS.Platform;
  readonly log: (message: string) => void;
  /** Absolute; part of macOS. */
  readonly caffeinate?: string;
}

/**
 * A Mac that nobody touches goes to sleep in the middle of a transcription. Elsewhere a machine that is to
 * run such things is told so once, in its own settings.
 */
export function createKeepAwake({
  platform,
  log,
  caffeinate = "/usr/bin/caffeinate",
}: KeepAwakeOptions): KeepAwake {
  if (platform !== "darwin") return () => {};
  return (pid) => {
    try {
      // -i: no sleep for want of anybody's touch (a closed lid still counts). -w: until that process ends, also
      // when we don't live to see it.
      const child = Bun.spawn([caffeinate, "-i", "-w", String(pid)], {
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
        detached: true,
      });
      child.unref();
    } catch (error) {
      log(`the machine may fall asleep meanwhile: ${String(error)}`);
    }
  };
}
