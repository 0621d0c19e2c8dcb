import type { AgentExit } from "./agent-exit.ts";

/** No agent, shell or supervisor ends with it. */
export const CAPPED_EXIT_CODE = 93;

const BEGINNING = "[system-bus] ended at its cap: ";

/** The watcher's line on stderr, of an agent that was ended at its cap. */
export function cappedLine(reason: string): string {
  return `${BEGINNING}${reason}\n`;
}

/** What it has used up; null when it doesn't say. A tool that is just being killed may have the last word. */
export function readCappedLine(stderr: string): string | null {
  const line = stderr.split("\n").findLast((text) => text.startsWith(BEGINNING));
  return line?.slice(BEGINNING.length) ?? null;
}

/** One that ended by itself in the moment in which it was to be killed has not been (C2). */
export function isCappedEnd({ signal }: AgentExit, hasKilled: boolean): boolean {
  return hasKilled && signal === "SIGKILL";
}
