import type { Failure } from "../output/failure.ts";
import type { FoundDaemon } from "./find-daemon.ts";

const STARTS_MAX = 3;
/** A bus that has lived this long has come up. */
const SETTLED_MS = 30_000;

/** What is wrong with a daemon; null when it runs. Pure. */
export function judgeDaemon(daemon: FoundDaemon, nowMs: number): Failure | null {
  const { kind, state, problem, lastExit, pid, restartCount } = daemon;
  if (kind === "none") {
    return {
      code: "not-found",
      message: "Nothing keeps the bus running on this machine.",
      fix: "Install a daemon with `igs daemon install`.",
    };
  }
  if (problem !== null) return problem;
  if (state === "running" && !isLooping(daemon, nowMs)) return null;
  const why = "`igs daemon logs` tells why it ended.";
  if (state === "running") {
    return {
      code: "unhealthy",
      message: `The daemon ends and is started again: ${restartCount} times so far. Its last process ${lastExit}.`,
      fix: why,
    };
  }
  const ended = pid === null && lastExit !== null ? ` It ${lastExit}.` : "";
  return {
    code: "unhealthy",
    message: `The daemon does not run.${ended}`,
    fix: state === "waiting" ? why : `Start it with \`igs daemon restart\`; ${why}`,
  };
}

/** Looked at between two ends it runs; a signal may have been a person's. */
function isLooping({ restartCount, lastExit, startedAtMs }: FoundDaemon, nowMs: number): boolean {
  const isYoung = startedAtMs !== null && nowMs - startedAtMs < SETTLED_MS;
  const gaveUp = /^ended with code [1-9]/.test(lastExit ?? "");
  return isYoung && gaveUp && (restartCount ?? 0) >= STARTS_MAX;
}
