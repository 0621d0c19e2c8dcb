export type ProgramErrorCode =
  | "SPEC_INVALID"
  | "COMMAND_MISSING"
  | "RUN_STOPPED"
  | "SUPERVISOR_FAILED"
  | "STILL_ALIVE"
  | "PROCESSES_UNREADABLE"
  | "RECORD_UNREADABLE";

/** A bad request or a bad world. What we promised ourselves is an `assert` instead. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
  readonly code: ProgramErrorCode;

  constructor(code: ProgramErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Thrown by `read` to say: this program failed in a way that another try may cure. */
export class ProgramRetry extends Error {
  override readonly name = "ProgramRetry";
}
