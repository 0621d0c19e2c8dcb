const CODES = [
  "PRD_INVALID",
  "PROJECT_REFUSED",
  "PROJECT_UNFIT",
  "PROJECT_HELD",
  "LOOP_UNKNOWN",
  "LOOP_EXISTS",
  "LOOP_STATE",
  "RECORD_DAMAGED",
  "GIT_FAILED",
  "BRANCH_MOVED",
  "CHANGE_REFUSED",
  "AGENT_MISSING",
] as const;

export type LoopsErrorCode = (typeof CODES)[number];

/** Bad input or a bad world. The message says what failed, with which value, and what to do. */
export class LoopsError extends Error {
  override readonly name = "LoopsError";
  readonly code: LoopsErrorCode;

  constructor(code: LoopsErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
