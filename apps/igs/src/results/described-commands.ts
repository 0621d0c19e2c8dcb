/** The commands whose results have a published schema. Without the schemas: help has to be fast. */
export const describedCommands = [
  "send",
  "runs",
  "run",
  "events",
  "functions",
  "status",
  "doctor",
  "verify",
] as const;

export type DescribedCommand = (typeof describedCommands)[number];
