export type SystemLogErrorCode = "ENTRY_INVALID" | "LOG_NOT_WRITTEN" | "LOG_NOT_READ";

/** An entry that cannot be logged, or a log that cannot be written or read. */
export class SystemLogError extends Error {
  override readonly name = "SystemLogError";
  readonly code: SystemLogErrorCode;

  constructor(code: SystemLogErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
