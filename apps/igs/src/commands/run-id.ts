import { proposeRunIds } from "../completion/engine-ids.ts";
import { text } from "./common-flags.ts";

const runId = {
  parse: text,
  proposeCompletions: proposeRunIds,
  placeholder: "run-id",
  brief: "A run's id, as `igs runs` shows it",
} as const;

/** Of the commands that take one run, or a choice of runs. */
export const optionalRunIdPositional = {
  kind: "tuple",
  parameters: [{ ...runId, optional: true }],
} as const;

export const runIdPositional = {
  kind: "tuple",
  parameters: [runId],
} as const;
