// Whether the engine may be another one than at the last start. Pure.

import type { Failure } from "../output/failure.ts";
import type { EngineRecord } from "./engine-record.ts";

export interface EngineChange {
  readonly last: EngineRecord | null;
  readonly next: EngineRecord["engine"];
  /** The person named the engine: `auto` may not leave runs behind, a person may. */
  readonly isChosen: boolean;
  /** Unfinished runs on the engine of last time; null when they can't be counted now. */
  readonly unfinishedCount: number | null;
}

/** Null when all is well, else why not. */
export function findEngineChangeFailure(change: EngineChange): Failure | null {
  const { last, next, isChosen, unfinishedCount } = change;
  if (last === null || last.engine === next || unfinishedCount === 0) return null;
  const name =
    last.engine === "inngest" ? `the Inngest server at ${last.url}` : "the embedded engine";
  if (unfinishedCount === null) {
    if (isChosen) return null;
    return {
      code: "unfinished-runs",
      message: `The last start used ${name}, which doesn't answer now; runs may wait there.`,
      fix: `Start it again, or leave its runs with --engine ${next}.`,
    };
  }
  const runs = unfinishedCount === 1 ? "1 run is" : `${unfinishedCount} runs are`;
  return {
    code: "unfinished-runs",
    message: `The last start used ${name}, and ${runs} not finished there.`,
    fix: `Let them finish with \`igs start --engine ${last.engine}\`, cancel them with \`igs cancel\`, or move them as docs/engines.md tells.`,
  };
}
