import { text } from "./common-flags.ts";

export const runIdPositional = {
  kind: "tuple",
  parameters: [{ parse: text, placeholder: "run-id", brief: "A run's id, as `igs runs` shows it" }],
} as const;
