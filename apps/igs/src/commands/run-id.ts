import { text } from "./common-flags.ts";

const RUN_ID_BRIEF = "A run's id, as `igs runs` shows it";

/** Of the commands that take one run, or a choice of runs. */
export const optionalRunIdPositional = {
  kind: "tuple",
  parameters: [{ parse: text, optional: true, placeholder: "run-id", brief: RUN_ID_BRIEF }],
} as const;

export const runIdPositional = {
  kind: "tuple",
  parameters: [{ parse: text, placeholder: "run-id", brief: RUN_ID_BRIEF }],
} as const;
