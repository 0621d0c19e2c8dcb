import type { Change } from "./change.ts";
import type { RunView } from "./run.ts";
import { RunDraft } from "./run-draft.ts";

/** The engine itself could not carry out what came for the run: it fails, rather than wait for ever. */
export function decideFault(run: RunView, reason: string, nowMs: number): Change[] {
  const draft = new RunDraft(run, nowMs);
  draft.failRun({
    name: "EngineFaultError",
    message: `The engine could not store what came for this run (${reason}). This is a fault of the engine, or of its database: its log says more.`,
  });
  return draft.changes;
}
