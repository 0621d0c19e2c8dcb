import type { DaemonWorld } from "./daemon-world.ts";

/** When a process began, to the second; null when it is gone. Both systems' ps knows `etime`. */
export async function readStartedAtMs(
  pid: number,
  { run, clock }: Pick<DaemonWorld, "run" | "clock">,
): Promise<number | null> {
  const ran = await run(["ps", "-o", "etime=", "-p", String(pid)]);
  const elapsedS = ran.exitCode === 0 ? readElapsed(ran.stdout.trim()) : null;
  return elapsedS === null ? null : clock.nowMs() - elapsedS * 1_000;
}

/** Seconds of `[[days-]hours:]minutes:seconds`. */
export function readElapsed(text: string): number | null {
  const match = /^(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)$/.exec(text);
  if (!match) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((digits) => Number(digits ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
