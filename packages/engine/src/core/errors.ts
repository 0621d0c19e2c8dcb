/** Why the engine refused or could not do something that was asked of it. */
export type EngineErrorCode =
  | "INPUT_INVALID"
  | "EVENT_INVALID"
  | "EVENT_KEY_INVALID"
  | "UNAUTHORIZED"
  | "HOST_REFUSED"
  | "ORIGIN_REFUSED"
  | "SDK_VERSION_DENIED"
  | "SYNC_REJECTED"
  | "NOT_FOUND"
  | "FUNCTION_PAUSED"
  | "RUN_ENDED"
  | "RUN_REFUSED"
  | "STALE_DISPATCH"
  | "STEP_CONTRADICTED"
  | "TOO_MANY"
  | "TOO_LARGE"
  | "BODY_LATE"
  | "BODY_BROKEN"
  | "REALTIME_FULL"
  | "STORAGE_FAILED"
  | "STOPPING"
  | "OPTIONS_INVALID"
  | "DATA_IN_USE"
  | "DATABASE_TOO_NEW"
  | "DATABASE_DAMAGED"
  | "BACKUP_REFUSED"
  | "BACKUP_ABANDONED"
  | "UPKEEP_BUSY"
  | "PORT_TAKEN";

/** An expected failure that a caller can act on. Our own broken promise is an `assert` instead. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
