// A program's key names its folder, goes into an event and into an expression, and is the same at
// every repetition of the step: `<runId>.<step>.<attempt>`.

import { createHash } from "node:crypto";
import { ProgramError } from "./program-error.ts";

export interface ProgramKeyParts {
  /** A ULID. */
  readonly runId: string;
  readonly stepId: string;
  /** The program attempt, from 1. */
  readonly attempt: number;
}

const RUN_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const PLAIN_STEP = /^[a-z0-9][a-z0-9-]{0,47}$/;
const KEY =
  /^[0-7][0-9A-HJKMNP-TV-Z]{25}\.(?:[a-z0-9][a-z0-9-]{0,47}|[a-z0-9-]{0,32}_[0-9a-f]{12})\.[1-9][0-9]{0,3}$/;

/** Two steps never share a key, on file systems that ignore case neither. */
export function programKey({ runId, stepId, attempt }: ProgramKeyParts): string {
  const key = `${checkRunId(runId)}.${stepName(stepId)}.${attempt}`;
  return checkProgramKey(key);
}

export function checkProgramKey(key: string): string {
  if (!KEY.test(key)) throw new ProgramError("SPEC_INVALID", `not a program key: ${quote(key)}`);
  return key;
}

export function isProgramKey(name: string): boolean {
  return KEY.test(name);
}

/** What a key says. The step's own id is not in it when that was no plain name. */
export function readProgramKey(key: string): ProgramKeyParts {
  const [runId = "", stepId = "", attempt = ""] = checkProgramKey(key).split(".");
  return { runId, stepId, attempt: Number(attempt) };
}

export function checkRunId(runId: string): string {
  if (!RUN_ID.test(runId)) {
    throw new ProgramError("SPEC_INVALID", `a run id is a ULID, not ${quote(runId)}`);
  }
  return runId;
}

/** A step id that is no plain name keeps what is plain of it, and a hash tells it from others. */
function stepName(stepId: string): string {
  if (PLAIN_STEP.test(stepId)) return stepId;
  const hash = createHash("sha256").update(stepId).digest("hex").slice(0, 12);
  const plain = stepId.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${plain.slice(0, 32)}_${hash}`;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
