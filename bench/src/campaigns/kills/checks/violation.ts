import type { EvidenceIndex } from "./evidence-index.ts";

/** What is looked for, as the report names it. */
export const RULES = [
  "acknowledged event lost",
  "request stored in part",
  "event stored twice",
  "run missing",
  "run doubled",
  "run stuck",
  "run ended wrongly",
  "step stored twice",
  "step missing",
  "stored step run again",
  "ended run went on",
  "result used but not stored",
  "wrong output",
  "wait or timer wrong",
  "flow control broken",
  "schedule doubled",
  "schedule missed",
  "torn copy",
  "table inconsistent",
  "engine complained",
] as const;

export interface Violation {
  readonly rule: (typeof RULES)[number];
  readonly detail: string;
}

export type Check = (evidence: EvidenceIndex) => readonly Violation[];
